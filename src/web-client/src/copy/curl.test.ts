import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { FlowDetail, Header } from '../api/types';
import { curlCommand as command } from './curl';
import { flowUrl, sentRequest } from './sentRequest';
import { quoteBytes, quotePrintf } from './shellQuote';
import { httpFlow as flow } from './testing';

const curlCommand = (of: FlowDetail, body: Uint8Array) => command(sentRequest(of, body));
const bytes = (text: string) => new TextEncoder().encode(text);
const none = new Uint8Array();

/** What bash makes of the words: one hexadecimal line per argument. */
function words(script: string): string[] {
  const command = `curl() { for a in "$@"; do printf '%s' "$a" | od -An -v -tx1 | tr -d ' \\n'; echo; done; if [ "\${*: -1}" = @- ]; then od -An -v -tx1 | tr -d ' \\n'; echo; fi; }\n${script}`;
  return execFileSync('bash', ['-s'], { input: command, env: { ...process.env, LC_ALL: 'C' } })
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => Buffer.from(line, 'hex').toString('latin1'));
}

describe('flowUrl', () => {
  it('leaves out default ports and puts brackets around IPv6', () => {
    expect(flowUrl(flow({ path: '/a?b=c' }))).toBe('https://api.example.com/a?b=c');
    expect(flowUrl(flow({ port: 8443 }))).toBe('https://api.example.com:8443/');
    expect(flowUrl(flow({ host: '::1', port: 8443 }))).toBe('https://[::1]:8443/');
  });
});

describe('curlCommand', () => {
  it('GET_KeepsHeadersInOrder_LeavesOutFramingAndPseudoHeaders', () => {
    const headers: Header[] = [
      [':method', 'GET'],
      ['Host', 'api.example.com'],
      ['X-B', "it's"],
      ['X-A', ''],
      ['Content-Length', '0'],
    ];
    expect(words(curlCommand(flow({ headers }), none))).toEqual([
      'https://api.example.com/',
      '-H',
      "X-B: it's",
      '-H',
      'X-A;',
    ]);
  });

  it('otherHost_IsSent', () => {
    const command = curlCommand(flow({ headers: [['Host', 'other.example']] }), none);
    expect(words(command)).toContain('Host: other.example');
  });

  it('POST_TextBody_IsExactlyTheBytes', () => {
    const body = bytes('{"name":"O\'Brien $HOME `x` \\n !!"}\né');
    const command = curlCommand(flow({ method: 'POST', headers: [['Content-Type', 'application/json']] }), body);
    expect(command).not.toContain('-X');
    expect(Buffer.from(words(command).at(-1) ?? '', 'latin1')).toEqual(Buffer.from(body));
  });

  it('PUT_BinaryBody_WithNull_GoesThroughAPipe', () => {
    const body = Uint8Array.from({ length: 256 }, (_, i) => i);
    const result = words(curlCommand(flow({ method: 'PUT' }), body));
    expect(result.slice(1, 3)).toEqual(['-X', 'PUT']);
    expect(result).toContain('Content-Type:');
    expect(Buffer.from(result.at(-1) ?? '', 'latin1')).toEqual(Buffer.from(body));
  });

  it('longBody_GoesThroughAPipe_BecauseArgumentsAreLimited', () => {
    const body = bytes(`a%s\\n${'x'.repeat(200_000)}`);
    const result = words(curlCommand(flow({ method: 'POST' }), body));
    expect(result.at(-1)).toBe(Buffer.from(body).toString('latin1'));
  });

  it('bodyThatStartsWithAt_IsNotAFile', () => {
    expect(curlCommand(flow({ method: 'POST' }), bytes('@etc'))).toContain("--data-raw '@etc'");
  });

  it('dotsAndBrackets_StayAsTheyAre', () => {
    const result = words(curlCommand(flow({ path: '/a/../b?x[0]={1}' }), none));
    expect(result).toContain('--globoff');
    expect(result).toContain('--path-as-is');
  });

  it('HEAD_UsesHead', () => expect(words(curlCommand(flow({ method: 'HEAD' }), none))).toContain('--head'));
});

describe('quoting', () => {
  it('every byte but null survives a word, and every byte survives printf', () => {
    const all = Uint8Array.from({ length: 255 }, (_, i) => i + 1);
    const echo = (script: string) => execFileSync('bash', ['-c', script], { env: { ...process.env, LC_ALL: 'C' } });
    expect(echo(`printf '%s' ${quoteBytes(all)}`)).toEqual(Buffer.from(all));
    const withNull = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(echo(`printf ${quotePrintf(withNull)}`)).toEqual(Buffer.from(withNull));
  });

  it('a binary body that begins with hyphens, as uploads of forms do, is no option of printf', () => {
    const form = bytes('--boundary\r\n\0');
    expect(execFileSync('bash', ['-c', `printf ${quotePrintf(form)}`])).toEqual(Buffer.from(form));
  });

  it('an empty body that was announced is sent as one', () => {
    const command = curlCommand(flow({ method: 'POST', headers: [['Content-Length', '0']] }), none);
    expect(words(command)).toEqual(['https://api.example.com/', '-H', 'Content-Type:', '--data-binary']);
  });
});
