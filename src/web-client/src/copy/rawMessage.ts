import type { FlowDetail, Header, Side } from '../api/types';
import { textOf } from './literals';

/** A message as text, and what is not as it was sent. */
export interface RawMessage {
  text: string;
  /** `binary`: the body is left out; `decoded`: its content codings were taken off. */
  body: 'asSent' | 'decoded' | 'binary';
}

const framing = /^(content-length|transfer-encoding|content-encoding)$/i;

function startLine(flow: FlowDetail, side: Side): string {
  if (side === 'request') {
    const { method = '', target = '', httpVersion = '' } = flow.request ?? {};
    // The whole URL is what proxies are asked for; a server is asked for the path (RFC 9112, section 3.2.1).
    return `${method} ${/^https?:/i.test(target) ? flow.path : target} ${httpVersion}`;
  }
  return `${flow.response?.httpVersion} ${flow.response?.status} ${flow.response?.reason}`.trimEnd();
}

/** HTTP/2 says in pseudo headers what HTTP/1.1 says in the start line and in Host. */
function withoutPseudo(headers: readonly Header[]): Header[] {
  const authority = headers.find(([name]) => name === ':authority')?.[1];
  const plain = headers.filter(([name]) => !name.startsWith(':'));
  const isMissing = authority !== undefined && !plain.some(([name]) => name.toLowerCase() === 'host');
  return isMissing ? [['host', authority], ...plain] : plain;
}

/**
 * A message in the form of HTTP/1.1 (RFC 9112), with its body decoded where that makes it text. The headers of the framing then say what the
 * text is, so that it can be sent or parsed again.
 */
export function rawMessage(flow: FlowDetail, side: Side, body: Uint8Array, isDecoded: boolean): RawMessage {
  let headers = withoutPseudo(flow[side]?.headers ?? []);
  const text = textOf(body);
  const wasFramed = headers.some(([name, value]) => /^transfer-encoding$/i.test(name) && value !== '');
  if (text !== null && (isDecoded || wasFramed)) {
    headers = headers.filter(([name]) => !framing.test(name));
    headers.push(['content-length', String(body.length)]);
  }
  const head = [startLine(flow, side), ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  return {
    text: `${head}\r\n\r\n${text ?? ''}`,
    body: text === null ? 'binary' : isDecoded ? 'decoded' : 'asSent',
  };
}
