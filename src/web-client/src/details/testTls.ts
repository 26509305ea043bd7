import type { FlowDetail, Tls } from '../api/types';

/** A handshake for tests, with what matters to the test replaced. */
export const testTls = (change: Partial<Tls> = {}): Tls => ({
  version: 'TLS 1.3',
  cipherSuite: 'TLS_AES_128_GCM_SHA256',
  keyExchangeGroup: 'x25519',
  resumed: false,
  helloRetried: false,
  handshakeMs: 12.5,
  alpn: 'h2',
  alpnOffered: ['h2', 'http/1.1'],
  sni: 'api.example.com',
  clientAlert: null,
  serverAlert: null,
  certificateError: null,
  verification: null,
  ocsp: { state: 'notAsked', status: null, producedAt: null, thisUpdate: null, nextUpdate: null },
  certificates: [],
  clientCertificate: null,
  clientHello: null,
  serverHello: null,
  ...change,
});

/** The parts of a flow that the Connection tab reads. */
export const testConnections = (client: Tls | null, server: Tls | null | undefined): FlowDetail =>
  ({
    httpVersion: 'HTTP/2',
    serverHttpVersion: server === undefined ? null : 'HTTP/1.1',
    clientConnection: {
      id: 1,
      address: '127.0.0.1:50000',
      localAddress: '127.0.0.1:8080',
      openedAt: '2026-11-20T13:00:00.000000Z',
      mode: 'regular',
      tls: client,
    },
    serverConnection:
      server === undefined
        ? null
        : {
            id: 2,
            host: 'api.example.com',
            port: 443,
            address: '10.0.0.1:443',
            localAddress: '10.0.0.5:40000',
            addresses: ['10.0.0.1'],
            openedAt: '2026-11-20T13:00:00.000000Z',
            reused: true,
            tls: server,
          },
  }) as unknown as FlowDetail;
