import type { FlowDetail, Header } from '../api/types';
import { parseMediaType } from '../details/body/detectBody';
import { queryOf, sentCookies, setCookies } from '../details/messageParts';
import { base64Of, textOf } from './literals';
import { flowUrl } from './sentRequest';

/** A flow with its bodies: that of the request as it was sent, that of the response decoded. */
export interface HarSource {
  flow: FlowDetail;
  request: Uint8Array;
  response: Uint8Array;
}

const fields = (headers: readonly Header[]) => headers.map(([name, value]) => ({ name, value }));
const textOfHeader = (headers: readonly Header[], wanted: string): string =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
const known = (ms: number | null): number => ms ?? -1;

function content(bytes: Uint8Array, mimeType: string, sentSize: number) {
  const text = textOf(bytes);
  return {
    size: bytes.length,
    compression: Math.max(bytes.length - sentSize, 0),
    mimeType,
    ...(text === null ? { text: base64Of(bytes), encoding: 'base64' } : { text }),
  };
}

function postData(bytes: Uint8Array, mimeType: string) {
  const text = textOf(bytes);
  const isForm = parseMediaType(mimeType).mediaType === 'application/x-www-form-urlencoded';
  return {
    mimeType,
    ...(text === null ? { text: base64Of(bytes), _encoding: 'base64' } : { text }),
    params: isForm && text !== null ? [...new URLSearchParams(text)].map(([name, value]) => ({ name, value })) : [],
  };
}

function attribute(attributes: readonly { name: string; value: string }[], wanted: string): string | undefined {
  return attributes.find(({ name }) => name.toLowerCase() === wanted)?.value;
}

function entry({ flow, request: requestBody, response: responseBody }: HarSource) {
  const { request, response, timings } = flow;
  const sent = request?.headers ?? [];
  const got = response?.headers ?? [];
  // In HAR the time of TLS is a part of that of connecting.
  const connect = timings.connectMs === null ? -1 : timings.connectMs + (timings.tlsMs ?? 0);
  return {
    startedDateTime: flow.startedAt,
    time: flow.durationMs ?? 0,
    request: {
      method: request?.method ?? flow.method ?? '',
      url: flowUrl(flow),
      httpVersion: request?.httpVersion ?? '',
      cookies: sentCookies(sent),
      headers: fields(sent),
      queryString: queryOf(request?.target ?? '').map(([name, value]) => ({ name, value })),
      ...(requestBody.length > 0 ? { postData: postData(requestBody, textOfHeader(sent, 'content-type')) } : {}),
      headersSize: request?.headSize ?? -1,
      bodySize: request?.bodySize ?? -1,
    },
    response: {
      status: response?.status ?? 0,
      statusText: response?.reason ?? '',
      httpVersion: response?.httpVersion ?? '',
      cookies: setCookies(got).map(({ name, value, attributes }) => ({
        name,
        value,
        path: attribute(attributes, 'path'),
        domain: attribute(attributes, 'domain'),
        httpOnly: attribute(attributes, 'httponly') !== undefined,
        secure: attribute(attributes, 'secure') !== undefined,
        sameSite: attribute(attributes, 'samesite'),
      })),
      headers: fields(got),
      content: content(responseBody, textOfHeader(got, 'content-type'), response?.bodySize ?? 0),
      redirectURL: textOfHeader(got, 'location'),
      headersSize: response?.headSize ?? -1,
      bodySize: response?.bodySize ?? -1,
      ...(flow.error ? { _error: flow.error } : {}),
    },
    cache: {},
    timings: {
      blocked: known(timings.blockedMs),
      dns: known(timings.dnsMs),
      connect,
      ssl: known(timings.tlsMs),
      send: timings.sendMs ?? 0,
      wait: timings.waitMs ?? 0,
      receive: timings.receiveMs ?? 0,
    },
    serverIPAddress: (flow.serverAddress ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, ''),
    connection: flow.serverConnection ? String(flow.serverConnection.id) : '',
    ...(flow.comment ? { comment: flow.comment } : {}),
  };
}

/** One HTTP Archive (HAR 1.2) of all flows. */
export const harText = (sources: readonly HarSource[], creator: string, version: string): string =>
  JSON.stringify(
    { log: { version: '1.2', creator: { name: creator, version }, entries: sources.map(entry) } },
    null,
    2,
  );
