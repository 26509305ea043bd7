import type { SentRequest } from './sentRequest';
import { hasHeader } from './sentRequest';
import { quoteBytes, quoteLatin1, quotePrintf } from './shellQuote';

/** Linux takes at most 128 KiB in one argument of a program; a longer body goes through a pipe. */
const maxArgument = 100_000;

/** The options of curl for everything but the body, as words that still have to be quoted. */
export function curlOptions(request: SentRequest): [option: string, value?: string][] {
  const { method, url, headers, hasBody } = request;
  const options: [string, string?][] = [];
  if (method === 'HEAD') options.push(['--head']);
  else if (method !== (hasBody ? 'POST' : 'GET')) options.push(['-X', method]);
  if (/[[\]{}]/.test(url)) options.push(['--globoff']);
  if (/\/\.{1,2}(?:[/?]|$)/.test(url)) options.push(['--path-as-is']);
  for (const [name, value] of headers) options.push(['-H', value === '' ? `${name};` : `${name}: ${value}`]);
  if (hasHeader(request, 'accept-encoding')) options.push(['--compressed']);
  // Without one in the request, curl would claim that the body is a form.
  if (hasBody && !hasHeader(request, 'content-type')) options.push(['-H', 'Content-Type:']);
  return options;
}

/** A bash command that sends a request again. */
export function curlCommand(request: SentRequest): string {
  const { body } = request;
  const options = curlOptions(request).map(([option, value]) =>
    value === undefined ? option : `${option} ${quoteLatin1(value)}`,
  );
  let input = '';
  if (request.hasBody) {
    if (body.includes(0)) {
      input = `printf ${quotePrintf(body)} | `;
      options.push('--data-binary @-');
    } else if (body.length > maxArgument) {
      input = `printf '%s' ${quoteBytes(body)} | `;
      options.push('--data-binary @-');
    } else {
      const quoted = quoteBytes(body);
      // A leading @ would name a file.
      options.push(body[0] === 0x40 ? `--data-raw ${quoted}` : `--data-binary ${quoted}`);
    }
  }
  return [`${input}curl ${quoteLatin1(request.url)}`, ...options].join(' \\\n  ');
}
