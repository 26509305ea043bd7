import { listOf } from '../details/insights/insight';
import { base64Of, literal, textOf } from './literals';
import { escapedUrl, isUrlKept, type SentRequest } from './sentRequest';

const codings = { gzip: 'GZip', deflate: 'Deflate', br: 'Brotli' };

/** Headers that belong to the content in HttpClient. */
const ofContent = /^(content-.*|allow|expires|last-modified)$/i;

function block(request: SentRequest): string[] {
  const lines: string[] = [];
  const url = escapedUrl(request.url);
  const uri = isUrlKept(url)
    ? literal(url)
    : `new Uri(${literal(url)}, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })`;
  lines.push(`using var request = new HttpRequestMessage(new HttpMethod(${literal(request.method)}), ${uri});`);
  if (request.isHttp2) lines.push('request.Version = HttpVersion.Version20;');
  const contentHeaders = request.headers.filter(([name]) => ofContent.test(name));
  if (request.hasBody || contentHeaders.length > 0) {
    const text = textOf(request.body);
    if (text === null) lines.push('// The body is binary or long, and stands here as base64.');
    const bytes =
      text === null
        ? `Convert.FromBase64String("${base64Of(request.body)}")`
        : `Encoding.UTF8.GetBytes(${literal(text)})`;
    lines.push(`request.Content = new ByteArrayContent(${bytes});`);
  }
  for (const [name, value] of request.headers) {
    const owner = ofContent.test(name) ? 'request.Content.Headers' : 'request.Headers';
    lines.push(`${owner}.TryAddWithoutValidation(${literal(name)}, ${literal(value)});`);
  }
  lines.push(
    'using var response = await client.SendAsync(request);',
    'Console.WriteLine((int)response.StatusCode);',
    'Console.WriteLine(await response.Content.ReadAsStringAsync());',
  );
  return lines;
}

/** A program of C# with HttpClient: top-level statements, as `dotnet run app.cs` takes them. */
export function csharpProgram(requests: readonly SentRequest[]): string {
  const blocks = requests.map(block);
  const isLatin = requests.some(({ headers }) => headers.some(([, value]) => /[^\t -~]/.test(value)));
  // HttpClient asks for each coding that it can take off: only those that all requests ask for are.
  const decoded = Object.entries(codings).flatMap(([name, method]) =>
    requests.every(({ headers }) => listOf(headers, 'accept-encoding').some((one) => one.split(';')[0] === name))
      ? [`DecompressionMethods.${method}`]
      : [],
  );
  return [
    'using System.Net;',
    'using System.Text;',
    '',
    'using var handler = new SocketsHttpHandler',
    '{',
    '    AllowAutoRedirect = false,',
    '    UseCookies = false,',
    ...(decoded.length > 0 ? [`    AutomaticDecompression = ${decoded.join(' | ')},`] : []),
    ...(isLatin ? ['    RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,'] : []),
    '};',
    'using var client = new HttpClient(handler);',
    ...(blocks.length === 1
      ? (blocks[0] ?? [])
      : blocks.flatMap((lines) => ['{', ...lines.map((line) => `    ${line}`), '}'])),
  ].join('\n');
}
