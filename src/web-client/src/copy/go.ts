import { base64Of, byteLiteral, literal, textOf } from './literals';
import { escapedUrl, hasHeader, isUrlKept, type SentRequest } from './sentRequest';

function block(request: SentRequest): { lines: string[]; imports: string[] } {
  const lines: string[] = [];
  const imports: string[] = [];
  let body = 'nil';
  if (request.hasBody) {
    const text = textOf(request.body);
    imports.push(text === null ? 'bytes' : 'strings');
    if (text !== null) body = `strings.NewReader(${literal(text)})`;
    else {
      imports.push('encoding/base64');
      lines.push(
        '// The body is binary or long, and stands here as base64.',
        `body, err := base64.StdEncoding.DecodeString("${base64Of(request.body)}")`,
        'if err != nil {',
        '\tpanic(err)',
        '}',
      );
      body = 'bytes.NewReader(body)';
    }
  }
  const url = escapedUrl(request.url);
  const kept = isUrlKept(url);
  const [, origin = url, target = '/'] = /^(\w+:\/\/[^/?#]*)(.*)$/.exec(url) ?? [];
  lines.push(`req, err := http.NewRequest(${literal(request.method)}, ${literal(kept ? url : `${origin}/`)}, ${body})`);
  lines.push('if err != nil {', '\tpanic(err)', '}');
  // As it was sent, without escaping it anew.
  if (!kept)
    lines.push('// The path as it was sent, which a parsed URL would change.', `req.URL.Opaque = ${literal(target)}`);
  for (const [name, value] of request.headers) {
    if (/^host$/i.test(name)) lines.push(`req.Host = ${byteLiteral(value)}`);
    else lines.push(`req.Header.Add(${byteLiteral(name)}, ${byteLiteral(value)})`);
  }
  // Otherwise net/http names itself.
  if (!hasHeader(request, 'user-agent')) lines.push('req.Header.Set("User-Agent", "")');
  if (hasHeader(request, 'accept-encoding'))
    lines.push('// With an Accept-Encoding of its own, net/http leaves the answer compressed.');
  lines.push(
    'res, err := client.Do(req)',
    'if err != nil {',
    '\tpanic(err)',
    '}',
    'answer, err := io.ReadAll(res.Body)',
    'res.Body.Close()',
    'if err != nil {',
    '\tpanic(err)',
    '}',
    'fmt.Println(res.Status)',
    'fmt.Println(string(answer))',
  );
  return { lines, imports };
}

/** A program of Go with net/http. */
export function goProgram(requests: readonly SentRequest[]): string {
  const blocks = requests.map(block);
  const imports = [...new Set(['fmt', 'io', 'net/http', ...blocks.flatMap((one) => one.imports)])].sort();
  const indent = (line: string, by: string) => (line === '' ? line : by + line);
  const inner = blocks.flatMap(({ lines }) =>
    blocks.length === 1
      ? lines.map((line) => indent(line, '\t'))
      : ['\t{', ...lines.map((line) => indent(line, '\t\t')), '\t}'],
  );
  return [
    'package main',
    '',
    'import (',
    ...imports.map((name) => `\t"${name}"`),
    ')',
    '',
    'func main() {',
    '\tclient := &http.Client{',
    '\t\tCheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },',
    '\t}',
    ...inner,
    '}',
  ].join('\n');
}
