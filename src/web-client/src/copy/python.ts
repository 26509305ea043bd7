import type { Header } from '../api/types';
import { base64Of, literal, textOf } from './literals';
import { escapedUrl, isUrlKept, type SentRequest } from './sentRequest';

/** One header for each name, in any case: requests takes a dictionary. */
function joined(headers: readonly Header[]): { headers: Header[]; twice: string[] } {
  const result: Header[] = [];
  const twice: string[] = [];
  for (const [name, value] of headers) {
    const known = result.find(([key]) => key.toLowerCase() === name.toLowerCase());
    if (!known) result.push([name, value]);
    else {
      known[1] += `, ${value}`;
      twice.push(name);
    }
  }
  return { headers: result, twice };
}

function block(request: SentRequest): string {
  const lines: string[] = [];
  const { headers, twice } = joined(request.headers);
  if (twice.length > 0) lines.push(`# Sent more than once, and joined here: ${[...new Set(twice)].join(', ')}`);
  if (!isUrlKept(request.url))
    lines.push('# requests brings the URL into a canonical form: it may differ from what was sent.');
  let data = '';
  if (request.hasBody) {
    const text = textOf(request.body);
    if (text !== null) data = `${literal(text)}.encode("utf-8")`;
    else {
      lines.push('# The body is binary or long, and stands here as base64.');
      data = `base64.b64decode("${base64Of(request.body)}")`;
    }
  }
  lines.push(
    'response = requests.request(',
    `    ${literal(request.method)},`,
    `    ${literal(escapedUrl(request.url))},`,
  );
  if (headers.length > 0)
    lines.push(
      '    headers={',
      ...headers.map(([name, value]) => `        ${literal(name)}: ${literal(value)},`),
      '    },',
    );
  if (data) lines.push(`    data=${data},`);
  lines.push('    allow_redirects=False,', ')', 'print(response.status_code, response.text)');
  return lines.join('\n');
}

/** A program of Python with the library requests. */
export function pythonRequests(requests: readonly SentRequest[]): string {
  const blocks = requests.map(block);
  const imports = blocks.some((text) => text.includes('base64.b64decode('))
    ? 'import base64\n\nimport requests'
    : 'import requests';
  return [imports, ...blocks].join('\n\n');
}
