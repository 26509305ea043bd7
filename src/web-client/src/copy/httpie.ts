import { hasHeader, type SentRequest } from './sentRequest';
import { quoteBytes, quoteLatin1, quotePrintf } from './shellQuote';

/** A command of HTTPie for bash. The body comes through its input, which it sends as it is. */
export function httpieCommand(request: SentRequest): string {
  const { body } = request;
  const options: string[] = [];
  if (!request.hasBody) options.push('--ignore-stdin');
  if (/\/\.{1,2}(?:[/?]|$)/.test(request.url)) options.push('--path-as-is');
  const words = [
    `http${options.map((option) => ` ${option}`).join('')} ${quoteLatin1(request.method)} ${quoteLatin1(request.url)}`,
  ];
  // After the colon, = and @ would be operators of HTTPie.
  for (const [name, value] of request.headers)
    words.push(quoteLatin1(value === '' ? `${name};` : `${name}:${value.replace(/^[=@]/, '\\$&')}`));
  // Without one in the request, HTTPie would claim that the body is JSON.
  if (request.hasBody && !hasHeader(request, 'content-type')) words.push("'Content-Type:'");
  const input = !request.hasBody
    ? ''
    : body.includes(0)
      ? `printf ${quotePrintf(body)} | `
      : `printf '%s' ${quoteBytes(body)} | `;
  return input + words.join(' \\\n  ');
}
