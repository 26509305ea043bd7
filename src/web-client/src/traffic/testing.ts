import type { FlowRow, Timings } from '../api/types';

/** A finished flow for tests, with what the test cares about put over it. */
export function flowRow(part: Partial<FlowRow> = {}): FlowRow {
  return {
    id: 1,
    seq: 1,
    kind: 'http',
    state: 'done',
    startedAt: '2026-11-20T13:00:00.123456Z',
    method: 'GET',
    scheme: 'https',
    host: 'api.example.com',
    port: 443,
    path: '/v1/users?page=2',
    status: 200,
    reason: 'OK',
    contentType: 'application/json',
    requestSize: 0,
    responseSize: 2148,
    durationMs: 84.2,
    ttfbMs: 80.1,
    httpVersion: 'HTTP/2',
    serverHttpVersion: 'HTTP/1.1',
    clientAddress: '127.0.0.1:50312',
    serverAddress: '93.184.215.14:443',
    error: null,
    modifiedBy: null,
    marker: null,
    comment: null,
    tags: [],
    pinned: false,
    headers: null,
    ...part,
  };
}

/** The points in time of a flow of which nothing is known yet. */
export const noPoints: Timings['points'] = {
  dnsStart: null,
  connectStart: null,
  connectEnd: null,
  tlsStart: null,
  tlsEnd: null,
  sendStart: null,
  sendEnd: null,
  firstByte: null,
  end: null,
};
