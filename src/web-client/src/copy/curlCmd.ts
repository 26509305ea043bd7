import { curlOptions } from './curl';
import { base64Of } from './literals';
import type { SentRequest } from './sentRequest';

/** A line of cmd takes 8191 characters. */
const maxInline = 4000;
const echoed = 4000;

/**
 * One argument for a program that is started from the prompt of cmd. The quotes are escaped, so that cmd sees no quoted text and every
 * special character has its caret; the program's own parser sees the quotes. A backslash is doubled only where a quote follows.
 */
export function quoteCmd(text: string): string {
  const argument = `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`;
  return argument.replace(/[^\w\s\-+=:;,./\\@~'*?]/g, '^$&');
}

const isPrintable = (bytes: Uint8Array): boolean => bytes.every((byte) => byte >= 0x20 && byte < 0x7f);

/** A command for cmd, the prompt of Windows, that sends a request again. A body that cannot stand in a line goes through a file. */
export function curlCmdCommand(request: SentRequest): string {
  const { body } = request;
  const options = curlOptions(request).map(([option, value]) =>
    value === undefined ? option : `${option} ${quoteCmd(value)}`,
  );
  const before: string[] = [];
  if (request.hasBody) {
    if (body.length <= maxInline && isPrintable(body)) {
      const text = String.fromCharCode(...body);
      options.push(`${text.startsWith('@') ? '--data-raw' : '--data-binary'} ${quoteCmd(text)}`);
    } else {
      before.push('rem The body goes through a file, because it is long, binary, or has several lines.');
      const lines = base64Of(body).match(new RegExp(`.{1,${echoed}}`, 'g')) ?? [];
      before.push(
        // The file comes first: a digit before > would be the number of a stream.
        ...lines.map((line, i) => `${i === 0 ? '>' : '>>'}"%TEMP%\\mitmweb-body.txt" echo ${line}`),
      );
      before.push('certutil -f -decode "%TEMP%\\mitmweb-body.txt" "%TEMP%\\mitmweb-body.bin" >nul');
      options.push('--data-binary "@%TEMP%\\mitmweb-body.bin"');
    }
  }
  return [...before, [`curl ${quoteCmd(request.url)}`, ...options].join(' ^\n  ')].join('\n');
}
