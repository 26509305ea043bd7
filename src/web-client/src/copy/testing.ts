import type { FlowDetail, Header } from '../api/types';
import { flowRow, noPoints } from '../traffic/testing';

interface Part {
  method?: string;
  scheme?: string;
  headers?: Header[];
  path?: string;
  host?: string;
  port?: number;
  httpVersion?: string;
  bodySize?: number;
  /** Without one there is no response. */
  response?: { status?: number; reason?: string; headers?: Header[]; bodySize?: number };
}

/** A flow of HTTP for tests, with what the test cares about. */
export function httpFlow(part: Part): FlowDetail {
  const method = part.method ?? 'GET';
  const path = part.path ?? '/';
  return {
    meta: {},
    ...flowRow({
      method,
      path,
      scheme: part.scheme ?? 'https',
      host: part.host ?? 'api.example.com',
      port: part.port ?? 443,
      status: part.response?.status ?? null,
      requestSize: part.bodySize ?? 0,
      responseSize: part.response?.bodySize ?? 0,
    }),
    request: {
      method,
      target: path,
      httpVersion: part.httpVersion ?? 'HTTP/1.1',
      headers: part.headers ?? [],
      trailers: null,
      headSize: 0,
      bodySize: part.bodySize ?? 0,
      headWireSize: null,
      bodyWireSize: null,
    },
    interim: [],
    passThroughReason: null,
    response: part.response
      ? {
          status: part.response.status ?? 200,
          reason: part.response.reason ?? 'OK',
          httpVersion: 'HTTP/1.1',
          headers: part.response.headers ?? [],
          trailers: null,
          headSize: 0,
          bodySize: part.response.bodySize ?? 0,
          headWireSize: null,
          bodyWireSize: null,
        }
      : null,
    timings: {
      blockedMs: null,
      dnsMs: null,
      connectMs: null,
      tlsMs: null,
      sendMs: null,
      waitMs: null,
      receiveMs: null,
      totalMs: null,
      points: noPoints,
    },
    errorDetail: null,
    clientConnection: {
      id: 1,
      address: '127.0.0.1:50312',
      localAddress: '127.0.0.1:8080',
      openedAt: '2026-11-20T13:00:00.000000Z',
      mode: 'regular',
      tls: null,
    },
    serverConnection: null,
  };
}
