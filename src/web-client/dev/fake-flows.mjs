// Made-up flows that look like a day of work: API calls, pages, pictures, errors, WebSockets, raw TCP.
import { deflateSync } from 'node:zlib';

let seed = 20261120;
export function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}
const pick = (list) => list[Math.floor(random() * list.length)];
const between = (low, high) => low + random() * (high - low);

const shapes = [
  {
    weight: 22,
    host: 'api.example.com',
    method: 'GET',
    path: (n) => `/v1/users?page=${(n % 40) + 1}&sort=-created`,
    type: 'application/json',
    body: 'users',
    gzip: true,
  },
  {
    weight: 8,
    host: 'api.example.com',
    method: 'GET',
    path: (n) => `/v1/users/${1000 + (n % 900)}`,
    type: 'application/json',
    body: 'user',
  },
  {
    weight: 6,
    host: 'api.example.com',
    method: 'POST',
    path: () => '/v1/orders',
    type: 'application/json',
    status: 201,
    reason: 'Created',
    body: 'user',
    request: 'order',
  },
  {
    weight: 3,
    host: 'api.example.com',
    method: 'PATCH',
    path: (n) => `/v1/orders/${n}`,
    type: 'application/json',
    body: 'user',
    request: 'order',
  },
  {
    weight: 2,
    host: 'api.example.com',
    method: 'DELETE',
    path: (n) => `/v1/orders/${n}`,
    type: null,
    status: 204,
    reason: 'No Content',
  },
  {
    weight: 3,
    host: 'api.example.com',
    method: 'POST',
    path: () => '/v1/pay',
    type: 'application/problem+json',
    status: 500,
    reason: 'Internal Server Error',
    body: 'problem',
    request: 'order',
  },
  {
    weight: 4,
    host: 'api.example.com',
    method: 'GET',
    path: (n) => `/v1/missing/${n}`,
    type: 'application/json',
    status: 404,
    reason: 'Not Found',
    body: 'problem',
  },
  {
    weight: 3,
    host: 'api.example.com',
    method: 'OPTIONS',
    path: () => '/v1/orders',
    type: null,
    status: 204,
    reason: 'No Content',
  },
  {
    weight: 5,
    host: 'auth.example.com',
    method: 'POST',
    path: () => '/oauth/token',
    type: 'application/json',
    body: 'token',
    request: 'form',
  },
  {
    weight: 9,
    host: 'www.example.com',
    method: 'GET',
    path: (n) => (n % 3 ? `/articles/${n}` : '/'),
    type: 'text/html',
    body: 'html',
    gzip: true,
  },
  {
    weight: 4,
    host: 'www.example.com',
    method: 'GET',
    path: () => '/account',
    type: 'text/html',
    status: 302,
    reason: 'Found',
    body: 'html',
  },
  {
    weight: 6,
    host: 'cdn.example.net',
    method: 'GET',
    path: () => '/assets/app.4f1c2b.js',
    type: 'text/javascript',
    body: 'script',
    gzip: true,
  },
  {
    weight: 5,
    host: 'cdn.example.net',
    method: 'GET',
    path: () => '/assets/app.9ab31e.css',
    type: 'text/css',
    body: 'style',
    gzip: true,
  },
  {
    weight: 10,
    host: 'images.example.net',
    method: 'GET',
    path: (n) => `/photos/${n}/large.png?w=640`,
    type: 'image/png',
    body: 'png',
  },
  {
    weight: 3,
    host: 'images.example.net',
    method: 'GET',
    path: () => '/icons/logo.svg',
    type: 'image/svg+xml',
    body: 'svg',
  },
  {
    weight: 5,
    host: 'cdn.example.net',
    method: 'GET',
    path: () => '/fonts/inter-var.woff2',
    type: 'font/woff2',
    body: 'binary',
    status: 304,
    reason: 'Not Modified',
  },
  {
    weight: 2,
    host: 'updates.example.org',
    method: 'GET',
    path: () => '/feed.xml',
    type: 'application/atom+xml',
    body: 'xml',
  },
  {
    weight: 2,
    host: 'legacy.example.org',
    method: 'GET',
    path: () => '/export.json',
    type: 'application/json',
    body: 'malformed',
    scheme: 'http',
  },
  {
    weight: 1,
    host: 'legacy.example.org',
    method: 'GET',
    path: () => '/archive.json',
    type: 'application/json',
    body: 'user',
    gzip: true,
    brokenGzip: true,
    scheme: 'http',
  },
  {
    weight: 1,
    host: 'downloads.example.org',
    method: 'GET',
    path: () => '/dump.json',
    type: 'application/json',
    body: 'large',
  },
  {
    weight: 1,
    host: 'downloads.example.org',
    method: 'GET',
    path: () => '/tool-1.4.2.bin',
    type: 'application/octet-stream',
    body: 'binary',
  },
  { weight: 1, host: 'expired.badssl.test', method: 'GET', path: () => '/', error: 'expired' },
  { weight: 1, host: 'intranet.corp.test', method: 'GET', path: () => '/status', error: 'dns' },
  { weight: 1, host: 'db.corp.test', method: 'GET', path: () => '/health', error: 'refused' },
  { weight: 2, host: 'push.example.com', method: 'GET', path: () => '/socket', kind: 'websocket' },
  { weight: 1, host: 'mqtt.example.com', kind: 'tcp', port: 1883 },
  { weight: 1, host: 'pinned.bank.test', kind: 'tls' },
  {
    weight: 2,
    host: 'stream.example.com',
    method: 'GET',
    path: () => '/v1/events',
    type: 'text/event-stream',
    body: 'events',
    streams: true,
  },
];
const wheel = shapes.flatMap((shape) => new Array(shape.weight).fill(shape));

const errors = {
  expired: {
    step: 'serverTls',
    message: 'The certificate of expired.badssl.test has expired',
    detail:
      'It was valid until 2015-04-12 23:59:59 UTC. The chain is otherwise complete: expired.badssl.test, issued by Test Intermediate CA.',
    fix: 'Renew the certificate of the server, or start with --ssl-insecure to accept it while debugging.',
  },
  dns: {
    step: 'dns',
    message: 'There is no address for intranet.corp.test',
    detail: 'The name server answered NXDOMAIN. The machine that runs the proxy looks names up, not the client.',
    fix: 'Check the name, or connect the proxy machine to the network (VPN) that knows it.',
  },
  refused: {
    step: 'connect',
    message: 'db.corp.test refused the connection on port 443',
    detail: 'Tried 10.20.0.12:443 (refused after 2 ms). Nothing listens on that port, or a firewall rejects it.',
    fix: 'Check that the server runs and listens on port 443.',
  },
  pinned: {
    step: 'clientTls',
    message: 'The client does not trust the certificate of the proxy',
    detail: 'The client closed the handshake for pinned.bank.test with the alert unknown_ca (48).',
    fix: 'Install the CA certificate on the device, or the app pins its certificates and must be passed through.',
  },
};

export function makeFlow(id, at, settled) {
  const shape = pick(wheel);
  const kind = shape.kind ?? 'http';
  const scheme = kind === 'tcp' ? 'tcp' : kind === 'tls' ? 'tls' : (shape.scheme ?? 'https');
  const durationMs = Math.round(Math.exp(between(2.2, 6.6)) * 10) / 10;
  const client = pick(['127.0.0.1:', '127.0.0.1:', '192.168.1.31:']) + Math.floor(between(49152, 65000));
  const flow = {
    id,
    seq: 0,
    kind,
    state: 'done',
    startedAt: new Date(at).toISOString().replace('Z', '456Z'),
    method: shape.method ?? null,
    scheme,
    host: shape.host,
    port: shape.port ?? (scheme === 'http' ? 80 : 443),
    path: shape.path?.(id) ?? null,
    status: shape.status ?? 200,
    reason: shape.reason ?? 'OK',
    contentType: shape.type ?? null,
    requestSize: 0,
    responseSize: 0,
    durationMs,
    ttfbMs: Math.round(durationMs * 8) / 10,
    httpVersion: random() < 0.7 ? 'HTTP/2' : 'HTTP/1.1',
    serverHttpVersion: random() < 0.5 ? 'HTTP/2' : 'HTTP/1.1',
    clientAddress: client,
    serverAddress: '93.184.215.14:443',
    error: null,
    modifiedBy: null,
    marker: null,
    comment: null,
    tags: [],
    pinned: false,
    shape,
  };
  flow.requestSize = bodyOf(flow, 'request').length;
  flow.responseSize = bodyOf(flow, 'response').length;
  if (kind === 'websocket') {
    Object.assign(flow, {
      status: 101,
      reason: 'Switching Protocols',
      state: settled && random() < 0.6 ? 'done' : 'streaming',
      responseSize: 18420,
      requestSize: 3120,
      httpVersion: 'HTTP/1.1',
      serverHttpVersion: 'HTTP/1.1',
    });
  } else if (kind === 'tcp' || kind === 'tls') {
    Object.assign(flow, { status: null, reason: null, httpVersion: null, serverHttpVersion: null, ttfbMs: null });
    if (kind === 'tcp') Object.assign(flow, { requestSize: 512, responseSize: 2048 });
    else Object.assign(flow, { state: 'error', error: errors.pinned.message, serverAddress: null });
  } else if (shape.error) {
    Object.assign(flow, {
      state: 'error',
      status: null,
      reason: null,
      contentType: null,
      responseSize: 0,
      ttfbMs: null,
      serverHttpVersion: null,
      error: errors[shape.error].message,
      serverAddress: shape.error === 'dns' ? null : flow.serverAddress,
    });
  } else if (shape.streams) {
    if (!settled || random() < 0.3) flow.state = 'streaming';
  } else if (!settled) {
    flow.plan = {
      status: flow.status,
      reason: flow.reason,
      contentType: flow.contentType,
      ttfbMs: flow.ttfbMs,
      serverHttpVersion: flow.serverHttpVersion,
    };
    flow.plannedMs = random() < 0.1 ? 9000 : durationMs;
    Object.assign(flow, {
      state: 'pending',
      status: null,
      reason: null,
      contentType: null,
      responseSize: 0,
      durationMs: null,
      ttfbMs: null,
      serverHttpVersion: null,
    });
  }
  return flow;
}

// --- bodies ---
const user = (n) => ({
  id: n,
  name: ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Katherine Johnson', 'Edsger Dijkstra'][n % 5],
  email: `user${n}@example.com`,
  active: n % 3 !== 0,
  balance: Number(`${n * 37}.50`),
  bigId: '9007199254740993',
  tags: ['beta', 'team:core', n % 2 ? 'eu' : 'us'],
  address: { street: `${n} Main Street`, city: 'Zürich', country: 'CH', geo: { lat: 47.3769, lon: 8.5417 } },
  lastLogin: n % 4 ? '2026-11-19T08:14:02Z' : null,
});
const text = (value) => Buffer.from(value);
const cache = new Map();
const once = (name, make) => {
  if (!cache.has(name)) cache.set(name, make());
  return cache.get(name);
};

const makers = {
  users: (flow) =>
    text(
      JSON.stringify({
        page: flow.id % 40,
        total: 812,
        users: Array.from({ length: 12 }, (_, i) => user(flow.id + i)),
      }),
    ),
  user: (flow) => text(JSON.stringify(user(flow.id))),
  problem: () =>
    text(
      '{"type":"https://api.example.com/problems/payment","title":"Payment failed","status":500,"detail":"The payment provider did not answer within 10 s.","traceId":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}',
    ),
  token: () =>
    text(
      '{"access_token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl","token_type":"Bearer","expires_in":3600,"n":12345678901234567890}',
    ),
  order: (flow) =>
    text(
      JSON.stringify({
        customer: flow.id,
        currency: 'EUR',
        note: "Leave at the neighbour's",
        lines: [
          { sku: 'A-100', quantity: 2, price: 19.9 },
          { sku: 'B-7', quantity: 1, price: 4.25 },
        ],
      }),
    ),
  form: () =>
    text(
      'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&client_id=web&scope=openid+profile',
    ),
  html: () =>
    once('html', () =>
      text(
        `<!doctype html>\n<html lang="en">\n<head>\n  <meta charset="utf-8">\n  <title>Example &mdash; articles</title>\n  <link rel="stylesheet" href="/assets/app.css">\n  <script>document.title = 'this must never run';</script>\n</head>\n<body>\n  <main class="page" data-id="42">\n${Array.from({ length: 40 }, (_, i) => `    <article><h2>Article ${i}</h2><p>Some text with <em>emphasis</em> &amp; entities.</p></article>`).join('\n')}\n  </main>\n</body>\n</html>\n`,
      ),
    ),
  script: () =>
    once('script', () =>
      text(
        Array.from(
          { length: 300 },
          (_, i) =>
            `export function handler${i}(event) {\n  // Keeps the ${i}th counter\n  const value = state.get('counter-${i}') ?? 0;\n  return { ...event, value: value + ${i}, ok: true };\n}\n`,
        ).join('\n'),
      ),
    ),
  style: () =>
    once('style', () =>
      text(
        Array.from(
          { length: 80 },
          (_, i) => `.card-${i} {\n  display: grid;\n  gap: ${i}px;\n  color: #1c7f${String(i).padStart(2, '0')};\n}\n`,
        ).join('\n'),
      ),
    ),
  xml: () =>
    text(
      '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n  <title>Updates</title>\n  <entry><id>urn:1</id><title>Version 1.4.2</title><updated>2026-11-18T10:00:00Z</updated></entry>\n</feed>\n',
    ),
  svg: () =>
    text(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 60"><script>alert(1)</script><rect width="120" height="60" rx="10" fill="#1c7f74"/><circle cx="36" cy="30" r="16" fill="#fff"/><path d="M70 18l28 24M98 18L70 42" stroke="#fff" stroke-width="6"/></svg>',
    ),
  malformed: () => text('{\n  "items": [1, 2, 3,],\n  "truncated": "yes\n'),
  large: () => once('large', () => text(JSON.stringify(Array.from({ length: 14000 }, (_, i) => user(i))))),
  binary: () => once('binary', () => Buffer.from(Array.from({ length: 60000 }, (_, i) => (i * 131 + (i >> 3)) & 0xff))),
  events: () =>
    text(
      Array.from({ length: 12 }, (_, i) => `event: tick\nid: ${i}\ndata: {"n":${i},"price":${100 + i}}\n`).join('\n'),
    ),
  png: (flow) => once(`png${flow.id % 6}`, () => png(flow.id % 6)),
};

export function bodyOf(flow, side) {
  const name = side === 'request' ? flow.shape.request : flow.shape.body;
  if (!name || (side === 'response' && (flow.status === 304 || flow.status === null))) return Buffer.alloc(0);
  return makers[name](flow);
}

function png(variant) {
  const [width, height] = [320, 200];
  const raw = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      const hill = height * 0.6 + Math.sin(x / 40 + variant) * 22;
      raw[at] = y > hill ? 28 : 90 + y + variant * 8;
      raw[at + 1] = y > hill ? 127 - ((y - hill) >> 1) : 150 + (y >> 1);
      raw[at + 2] = y > hill ? 100 : 230 - (y >> 2);
    }
  }
  const crcTable = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    let crc = 0xffffffff;
    for (const byte of body) crc = (crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8)) >>> 0;
    const result = Buffer.alloc(body.length + 8);
    result.writeUInt32BE(data.length);
    body.copy(result, 4);
    result.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
    return result;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

// --- details ---
const certificate = (subject, issuer, isCa, days, names = []) => ({
  subject,
  issuer,
  serialNumber: '04:3A:91:5C:7E:11:B2:60',
  notBefore: '2026-10-01T00:00:00Z',
  notAfter: new Date(Date.UTC(2026, 10, 20) + days * 86_400_000).toISOString(),
  subjectAltNames: names.map((name) => `DNS:${name}`),
  keyAlgorithm: isCa ? 'RSA 2048' : 'ECDSA P-256',
  signatureAlgorithm: isCa ? 'sha256RSA' : 'sha256ECDSA',
  keyUsages: isCa ? ['keyCertSign', 'cRLSign'] : ['digitalSignature'],
  extendedKeyUsages: ['serverAuth'],
  subjectKeyIdentifier: '8D3F0C11A2B4',
  authorityKeyIdentifier: '5C7E11B26004',
  ocspUrls: [],
  issuerUrls: ['http://ca.example.test/r3.cer'],
  crlUrls: [],
  fingerprintSha1: 'B1:2C:7C:12:EF:90:44:D1:08:6E:2B:FA:39:C7:55:81:0D:62:B4:9E',
  publicKeySha256: 'X3pGTSOuJeEVw989IJ/cEtXUEmy52zs1TZQrU06KUKg=',
  isSelfSigned: false,
  fingerprintSha256: 'A3:5B:7C:12:EF:90:44:D1:08:6E:2B:FA:39:C7:55:81:0D:62:B4:9E:17:F3:6A:C8:2D:70:E5:1B:94:3F:AD:06',
  isCa,
  pem: '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQk1h\n-----END CERTIFICATE-----\n',
});

const value = (code, text, isGrease = false) => ({ code, text, isGrease });
const extension = (code, name, size, values = []) => ({
  code,
  name,
  isGrease: name === 'GREASE',
  size,
  values,
  hex: values.length > 0 ? '' : '00'.repeat(size),
});

const clientHello = (flow) => ({
  ja3: 'e02459c0f80b979504ba080403e14917',
  ja3Full: '771,4865-4866-4867-49195-49199,0-43-51-10-13-16,4588-29-23-24,0',
  ja4: 't13d1517h2_8daaf6152771_cb7bf5808d99',
  ja4Raw: 't13d1517h2_1301,1302,1303_000a,000d,002b,0033_0403,0804',
  legacyVersion: value('0x0303', 'TLS 1.2'),
  random: 'C0FFEE'.repeat(10),
  sessionId: '',
  cipherSuites: [
    value('0x6A6A', 'GREASE', true),
    value('0x1301', 'TLS_AES_128_GCM_SHA256'),
    value('0x1302', 'TLS_AES_256_GCM_SHA384'),
    value('0x1303', 'TLS_CHACHA20_POLY1305_SHA256'),
  ],
  compressionMethods: [value('0x00', 'null')],
  extensions: [
    extension('0x8A8A', 'GREASE', 0),
    extension('0x0000', 'server_name', 20, [value('', flow.host)]),
    extension('0x000A', 'supported_groups', 10, [value('0x11EC', 'X25519MLKEM768'), value('0x001D', 'x25519')]),
    extension('0x0010', 'application_layer_protocol_negotiation', 14, [value('', 'h2'), value('', 'http/1.1')]),
    extension('0x0012', 'signed_certificate_timestamp', 0),
  ],
  size: 1790,
  hex: '01'.repeat(40),
});

const serverHello = () => ({
  version: value('0x0304', 'TLS 1.3'),
  cipherSuite: value('0x1301', 'TLS_AES_128_GCM_SHA256'),
  isRetryRequest: false,
  random: 'BEEF'.repeat(16),
  sessionId: '',
  extensions: [
    extension('0x002B', 'supported_versions', 2, [value('0x0304', 'TLS 1.3')]),
    extension('0x0033', 'key_share', 36, [value('0x001D', 'x25519 (32 bytes)')]),
  ],
  size: 90,
  hex: '02'.repeat(40),
});

function tls(flow, side) {
  const leaf = flow.host === 'expired.badssl.test' ? -4240 : 62;
  const client = side === 'client';
  return {
    version: 'TLS 1.3',
    cipherSuite: 'TLS_AES_128_GCM_SHA256',
    keyExchangeGroup: client ? 'X25519MLKEM768' : 'x25519',
    resumed: false,
    helloRetried: false,
    handshakeMs: client ? 3.1 : 24.5,
    clientAlert: null,
    serverAlert: null,
    verification: client
      ? null
      : {
          result: leaf < 0 ? 'rejected' : 'trusted',
          nameMatches: true,
          path: [
            {
              subject: `CN=${flow.host}`,
              fingerprintSha256: 'A1',
              sent: true,
              problems: leaf < 0 ? ['NotTimeValid'] : [],
            },
            { subject: 'CN=Example Intermediate CA R3', fingerprintSha256: 'A2', sent: true, problems: [] },
            { subject: 'CN=Example Root X1', fingerprintSha256: 'A3', sent: false, problems: [] },
          ],
        },
    ocsp: { state: client ? 'none' : 'notAsked', status: null, producedAt: null, thisUpdate: null, nextUpdate: null },
    clientHello: clientHello(flow),
    serverHello: serverHello(),
    alpn: (client ? flow.httpVersion : flow.serverHttpVersion) === 'HTTP/2' ? 'h2' : 'http/1.1',
    alpnOffered: ['h2', 'http/1.1'],
    sni: flow.host,
    certificateError: !client && leaf < 0 ? 'The certificate expired on 2015-04-12' : null,
    certificates: client
      ? [certificate(`CN=${flow.host}, O=mitmweb`, 'CN=mitmweb, O=mitmweb', false, 300, [flow.host])]
      : [
          certificate(`CN=${flow.host}`, 'CN=Example Intermediate CA R3, O=Example Trust, C=US', false, leaf, [
            flow.host,
            `*.${flow.host}`,
          ]),
          certificate(
            'CN=Example Intermediate CA R3, O=Example Trust, C=US',
            'CN=Example Root X1, O=Example Trust, C=US',
            true,
            900,
          ),
        ],
  };
}

export function detailOf(flow, shape) {
  const isHttp = flow.kind === 'http' || flow.kind === 'websocket';
  const requestSize = flow.requestSize;
  const responseSize = flow.responseSize;
  const h2 = flow.httpVersion === 'HTTP/2';
  const http1 = h2 ? (name) => name.toLowerCase() : (name) => name;
  const headers = [
    ...(h2
      ? [
          [':method', flow.method],
          [':scheme', flow.scheme],
          [':authority', flow.host],
          [':path', flow.path],
        ]
      : [['Host', flow.host]]),
    [
      http1('User-Agent'),
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
    ],
    [http1('Accept'), '*/*'],
    [http1('Accept-Encoding'), 'gzip, deflate, br, zstd'],
    [http1('Cookie'), 'sid=s%3A9b1deb4d-3b7d-4bad-9bdd; theme=dark'],
    [
      http1('Authorization'),
      'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    ],
  ];
  if (requestSize > 0 && isHttp && flow.kind === 'http') {
    headers.push([
      http1('Content-Type'),
      shape?.request === 'form' ? 'application/x-www-form-urlencoded' : 'application/json',
    ]);
    headers.push([http1('Content-Length'), String(requestSize)]);
  }
  const responded = isHttp && flow.status !== null;
  const total = flow.durationMs;
  const reused = flow.id % 3 === 0;
  const share = (part) => (total === null ? null : Math.round(total * part * 10) / 10);
  const [dns, connect, handshake] = reused ? [null, null, null] : [0.04, 0.1, 0.17];
  let at = 0;
  const points = {};
  const step = (part, start, end) => {
    if (part === null || total === null) return;
    points[start] = at;
    at += total * part;
    points[end] = at;
  };
  const failedAt = shape?.error ?? null;
  step(dns, 'dnsStart', 'connectStart');
  if (failedAt !== 'dns') step(connect, 'connectStart', 'connectEnd');
  if (!['dns', 'refused'].includes(failedAt)) step(handshake, 'tlsStart', 'tlsEnd');
  const sends = responded && failedAt === null;
  if (sends) {
    step(0.01, 'sendStart', 'sendEnd');
    step(0.48, 'sendEnd', 'firstByte');
    if (flow.state === 'done') points.end = total;
  }
  const error = flow.kind === 'tls' ? errors.pinned : failedAt ? errors[failedAt] : null;
  return {
    ...flow,
    request: isHttp
      ? {
          method: flow.method,
          target: flow.path,
          httpVersion: flow.httpVersion,
          headers,
          trailers: null,
          headSize: 412,
          bodySize: requestSize,
          headWireSize: flow.httpVersion === 'HTTP/2' ? 96 : 412,
          bodyWireSize: requestSize && requestSize + 9,
        }
      : null,
    interim:
      flow.id % 7 === 0 && responded
        ? [
            {
              status: 103,
              reason: 'Early Hints',
              httpVersion: 'HTTP/1.1',
              headers: [['Link', '</assets/app.css>; rel=preload; as=style']],
            },
          ]
        : [],
    response: responded
      ? {
          status: flow.status,
          reason: flow.reason,
          httpVersion: flow.serverHttpVersion ?? 'HTTP/1.1',
          headers: [
            ['Date', 'Fri, 20 Nov 2026 13:00:00 GMT'],
            ...(flow.contentType ? [['Content-Type', `${flow.contentType}; charset=utf-8`]] : []),
            ...(shape?.gzip
              ? [
                  ['Content-Encoding', 'gzip'],
                  ['Vary', 'Accept-Encoding'],
                ]
              : []),
            ['Cache-Control', 'private, max-age=0, must-revalidate'],
            ['Set-Cookie', 'sid=s%3A9b1deb4d; Path=/; HttpOnly; Secure; SameSite=Lax'],
            ['Set-Cookie', 'theme=dark; Path=/; Max-Age=31536000'],
            ['ETag', 'W/"1f4a-18c2b3d4e5f"'],
            ['X-Request-Id', `req_${flow.id.toString(36)}k2f9`],
            ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
          ],
          trailers: shape?.body === 'events' ? [['Server-Timing', 'total;dur=84.2']] : null,
          headSize: 380,
          bodySize: responseSize,
          headWireSize: flow.serverHttpVersion === 'HTTP/2' ? 88 : 380,
          bodyWireSize: responseSize && responseSize + 9 * Math.ceil(responseSize / 16384),
        }
      : null,
    timings: {
      blockedMs: sends ? share(0.01) : null,
      dnsMs: dns && share(dns),
      connectMs: failedAt === 'dns' ? null : connect && share(connect),
      tlsMs: failedAt ? null : handshake && share(handshake),
      sendMs: sends ? share(0.01) : null,
      waitMs: sends ? share(0.48) : null,
      receiveMs: sends && flow.state === 'done' ? share(reused ? 0.51 : 0.2) : null,
      totalMs: flow.state === 'done' || flow.state === 'error' ? total : null,
      points,
    },
    errorDetail: error,
    clientConnection: {
      id: flow.id % 90,
      address: flow.clientAddress,
      localAddress: '127.0.0.1:8080',
      openedAt: flow.startedAt,
      mode: 'regular',
      tls: flow.scheme === 'https' ? tls(flow, 'client') : null,
    },
    serverConnection:
      flow.kind === 'tls'
        ? null
        : {
            id: (flow.id % 90) + 100,
            host: flow.host,
            port: flow.port,
            address: flow.serverAddress,
            localAddress: '10.0.0.5:40112',
            addresses: flow.serverAddress ? ['93.184.215.14', '2606:2800:21f:cb07::1'] : [],
            openedAt: flow.startedAt,
            reused,
            tls: flow.scheme === 'https' && failedAt !== 'dns' && failedAt !== 'refused' ? tls(flow, 'server') : null,
          },
  };
}
