// The API contract (docs/api.md), once, in TypeScript.

export type FlowKind = 'http' | 'websocket' | 'tcp' | 'tls';
export type FlowState = 'pending' | 'streaming' | 'done' | 'error';

export interface FlowRow {
  id: number;
  seq: number;
  kind: FlowKind;
  state: FlowState;
  startedAt: string;
  method: string | null;
  scheme: string | null;
  host: string;
  port: number;
  path: string | null;
  status: number | null;
  reason: string | null;
  contentType: string | null;
  requestSize: number;
  responseSize: number;
  durationMs: number | null;
  ttfbMs: number | null;
  httpVersion: string | null;
  serverHttpVersion: string | null;
  clientAddress: string;
  serverAddress: string | null;
  error: string | null;
}

export type Header = [name: string, value: string];

export interface RequestMessage {
  method: string;
  target: string;
  httpVersion: string;
  headers: Header[];
  trailers: Header[] | null;
  headSize: number;
  bodySize: number;
}

export interface InterimResponse {
  status: number;
  reason: string;
  httpVersion: string;
  headers: Header[];
}

export interface ResponseMessage extends InterimResponse {
  trailers: Header[] | null;
  headSize: number;
  bodySize: number;
}

export type TimingPoint =
  | 'dnsStart'
  | 'connectStart'
  | 'connectEnd'
  | 'tlsStart'
  | 'tlsEnd'
  | 'sendStart'
  | 'sendEnd'
  | 'firstByte'
  | 'end';

export interface Timings {
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  sendMs: number | null;
  waitMs: number | null;
  receiveMs: number | null;
  totalMs: number | null;
  points: Partial<Record<TimingPoint, number | null>> | null;
}

export interface ErrorDetail {
  step: string;
  message: string;
  detail: string | null;
  fix: string | null;
}

export interface Certificate {
  subject: string;
  issuer: string;
  serialNumber: string;
  notBefore: string;
  notAfter: string;
  subjectAltNames: string[];
  keyAlgorithm: string;
  signatureAlgorithm: string;
  fingerprintSha256: string;
  isCa: boolean;
  pem: string;
}

export interface Tls {
  version: string | null;
  cipherSuite: string | null;
  alpn: string | null;
  alpnOffered: string[] | null;
  sni: string | null;
  certificateError: string | null;
  certificates: Certificate[];
}

export interface ClientConnection {
  id: number;
  address: string;
  localAddress: string | null;
  openedAt: string;
  mode: string;
  tls: Tls | null;
}

export interface ServerConnection {
  id: number;
  host: string;
  port: number;
  address: string | null;
  localAddress: string | null;
  addresses: string[] | null;
  openedAt: string;
  reused: boolean;
  tls: Tls | null;
}

export interface FlowDetail extends FlowRow {
  request: RequestMessage | null;
  interim: InterimResponse[];
  response: ResponseMessage | null;
  timings: Timings | null;
  errorDetail: ErrorDetail | null;
  clientConnection: ClientConnection | null;
  serverConnection: ServerConnection | null;
}

export interface FlowPage {
  total: number;
  seq: number;
  offset: number;
  flows: FlowRow[];
}

export interface Listener {
  mode: string;
  host: string;
  port: number;
  addresses: string[];
  error: string | null;
  connections: number;
}

export interface ProxyState {
  version: string;
  startedAt: string;
  listeners: Listener[];
  clients: number;
  lastClient: { address: string; at: string } | null;
  ca: {
    subject: string;
    fingerprintSha256: string;
    notBefore: string;
    notAfter: string;
    keyAlgorithm: string;
    path: string;
  };
  session: {
    id: string;
    path: string;
    name: string;
    flows: number;
    seq: number;
    sizeBytes: number;
    createdAt: string;
  };
  web: { url: string };
  magicHost: string;
}

export interface SubscribeRequest {
  filter: string;
  since: number | null;
  session: string | null;
}

export interface SubscribeAnswer {
  session: string;
  seq: number;
  total: number;
  reset: boolean;
}

export interface Changes {
  seq: number;
  total: number;
  rows: FlowRow[];
  removed: number[];
  reset: boolean;
}

export type Side = 'request' | 'response';

export interface ProblemDetails {
  title?: string;
  status?: number;
  detail?: string;
}
