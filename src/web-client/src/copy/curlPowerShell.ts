import { curlOptions } from './curl';
import { base64Of, textOf } from './literals';
import type { SentRequest } from './sentRequest';

const maxInline = 100_000;
const longNames: Record<string, string> = { '-X': 'request', '-H': 'header' };

/** A value in a configuration file of curl. */
function quoteConfig(text: string): string {
  const escapes: Record<string, string> = { '\\': '\\\\', '"': '\\"', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
  return `"${text.replace(/[\\"\t\n\r]/g, (char) => escapes[char] ?? char)}"`;
}

const isAscii = (text: string): boolean => /^[\t\n\r -~]*$/.test(text);

/**
 * A command for PowerShell that sends a request again. Windows PowerShell 5 loses quotes in the arguments of programs, so that curl gets its
 * options as a configuration file from its input; that is right in every version.
 */
export function curlPowerShellCommand(request: SentRequest): string {
  const { body } = request;
  const config = [`url = ${quoteConfig(request.url)}`];
  for (const [option, value] of curlOptions(request)) {
    const name = longNames[option] ?? option.replace(/^--/, '');
    config.push(value === undefined ? name : `${name} = ${quoteConfig(value)}`);
  }
  const before: string[] = [];
  if (request.hasBody) {
    const text = body.length <= maxInline ? textOf(body) : null;
    if (text !== null && isAscii(text)) {
      config.push(`${text.startsWith('@') ? 'data-raw' : 'data-binary'} = ${quoteConfig(text)}`);
    } else {
      before.push(
        '# The body goes through a file, because it is long, binary, or not plain ASCII.',
        `[IO.File]::WriteAllBytes("$PWD/mitmweb-body.bin", [Convert]::FromBase64String('${base64Of(body)}'))`,
      );
      config.push('data-binary = "@mitmweb-body.bin"');
    }
  }
  if (!config.every(isAscii)) before.push('$OutputEncoding = [Text.Encoding]::GetEncoding(28591)');
  return [...before, "@'", ...config, "'@ | curl.exe --config -"].join('\n');
}
