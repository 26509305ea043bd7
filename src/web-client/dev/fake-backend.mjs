// A stand-in for the host while working on the web client: the API of docs/api.md over made-up flows, in memory.
//   node dev/fake-backend.mjs [--port 8081] [--flows 400] [--rate 2] [--dist]
// --flows 0 starts empty; --rate is new flows per second; --dist also serves the built client, with the host's CSP.
// For trying states: GET /dev/drop?seconds=8 (hub and API away), /dev/rate?value=500, /dev/client (a first client),
// /dev/signout (401 from now on), /dev/signin.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import { bodyOf, detailOf, makeFlow, random } from './fake-flows.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '8081' },
    flows: { type: 'string', default: '400' },
    rate: { type: 'string', default: '2' },
    dist: { type: 'boolean', default: false },
  },
});

const startedAt = new Date().toISOString();
const proxyPort = 8080;
let session = 'f00d'.repeat(8);
let seq = 0;
let nextId = 1;
let flows = [];
let rate = Number(options.rate);
let awayUntil = 0;
let signedIn = true;
let lastClient = null;
const live = new Set();
const subscribers = new Map();
let dirty = new Map();
let removed = [];

const byId = (id) => {
  let low = 0;
  let high = flows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (flows[middle].id === id) return middle;
    if (flows[middle].id < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
};

const touch = (flow) => {
  flow.seq = ++seq;
  dirty.set(flow.id, flow);
};

function addFlow(at, settled) {
  const flow = makeFlow(nextId++, at, settled);
  flows.push(flow);
  touch(flow);
  if (flow.state === 'pending' || flow.state === 'streaming') live.add(flow);
  lastClient ??= { address: flow.clientAddress, at: flow.startedAt };
  return flow;
}

const count = Number(options.flows);
for (let i = 0; i < count; i++) addFlow(Date.now() - (count - i) * 180, i < count - 3);
dirty.clear();

let owed = 0;
setInterval(() => {
  owed += rate / 20;
  while (owed >= 1) {
    addFlow(Date.now(), random() < 0.7);
    owed--;
  }
  for (const flow of live) {
    const age = Date.now() - Date.parse(flow.startedAt);
    if (flow.kind === 'http' && age > flow.plannedMs) {
      flow.state = 'done';
      flow.durationMs = age;
      flow.responseSize = bodyOf(flow, 'response').length;
      Object.assign(flow, flow.plan);
      live.delete(flow);
      touch(flow);
    } else if (flow.state === 'streaming') {
      flow.responseSize += Math.floor(random() * 900);
      flow.durationMs = age;
      touch(flow);
    }
  }
}, 50);

const matches = (flow, words) => {
  if (words.length === 0) return true;
  const url = `${flow.scheme}://${flow.host}${flow.path ?? ''}`.toLowerCase();
  return words.every((word) => url.includes(word));
};
const wordsOf = (filter) => (filter ?? '').toLowerCase().split(/\s+/).filter(Boolean);
const select = (filter) => {
  const words = wordsOf(filter);
  return words.length === 0 ? flows : flows.filter((flow) => matches(flow, words));
};
const hidden = new Set(['plan', 'plannedMs', 'shape']);
const plain = (flow) => Object.fromEntries(Object.entries(flow).filter(([key]) => !hidden.has(key)));

const state = () => ({
  version: '0.1.0',
  startedAt,
  listeners: [
    {
      mode: 'regular',
      host: '',
      port: proxyPort,
      addresses: [`127.0.0.1:${proxyPort}`, `192.168.1.20:${proxyPort}`],
      error: null,
      connections: flows.length > 0 ? 2 : 0,
    },
  ],
  clients: flows.length > 0 ? 2 : 0,
  lastClient,
  ca: {
    subject: 'CN=mitmweb, O=mitmweb',
    fingerprintSha256:
      '9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B:2B:0B:82:2C:D1:5D:6C:15:B0:F0:0A:08',
    notBefore: '2026-11-18T00:00:00Z',
    notAfter: '2036-11-18T00:00:00Z',
    keyAlgorithm: 'ECDSA P-256',
    path: '/home/dev/.mitmweb/mitmweb-ca-cert.pem',
  },
  session: {
    id: session,
    path: '/home/dev/.mitmweb/session.mitmweb',
    key: 'session',
    name: 'session',
    flows: flows.length,
    seq,
    sizeBytes: flows.length * 13100 + 81920,
    createdAt: startedAt,
  },
  web: { url: `http://127.0.0.1:${options.port}/` },
  rejections: [],
  passThrough: { ignoreHosts: [], allowHosts: [], afterRejections: null, hosts: [] },
  magicHost: 'mitm.it',
  sslStrip: [],
  retention: { maxAgeSeconds: null, maxFlows: null, maxBytes: null, flows: 0, usedBytes: 0, oldestAt: null },
  recording: { on: true, notRecorded: 0 },
  bodyIndex: { on: true, done: 1, sizeBytes: 1_200_000, problem: null },
});

// --- the hub: SignalR's JSON protocol, as much of it as the client needs ---
const separator = '\u001e';
const write = (socket, message) => socket.send(JSON.stringify(message) + separator);
const invoke = (socket, target, argument) => write(socket, { type: 1, target, arguments: [argument] });

setInterval(() => broadcast('state', state()), 1000);
setInterval(() => {
  if (dirty.size === 0 && removed.length === 0) return;
  const rows = [...dirty.values()];
  const gone = removed;
  dirty = new Map();
  removed = [];
  for (const [socket, subscription] of subscribers) {
    const mine = rows.filter((row) => matches(row, subscription.words)).map(plain);
    if (subscription.words.length > 0) subscription.total = select(subscription.filter).length;
    if (mine.length === 0 && gone.length === 0) continue;
    const total = subscription.words.length > 0 ? subscription.total : flows.length;
    invoke(socket, 'changes', { seq, total, rows: mine, removed: gone, reset: false });
  }
}, 50);

function broadcast(target, argument) {
  for (const socket of subscribers.keys()) invoke(socket, target, argument);
}

const hub = new WebSocketServer({ noServer: true });
hub.on('connection', (socket) => {
  const ping = setInterval(() => write(socket, { type: 6 }), 10_000);
  socket.on('close', () => {
    clearInterval(ping);
    subscribers.delete(socket);
  });
  socket.on('message', (data) => {
    for (const text of data.toString().split(separator).filter(Boolean)) {
      const message = JSON.parse(text);
      if (message.protocol) {
        socket.send(`{}${separator}`);
      } else if (message.type === 1 && message.target === 'subscribe') {
        const [{ filter, since, session: known }] = message.arguments;
        const words = wordsOf(filter);
        const matching = select(filter);
        const reset = since === null || known !== session;
        subscribers.set(socket, { filter, words, total: matching.length });
        write(socket, {
          type: 3,
          invocationId: message.invocationId,
          result: { session, seq, total: matching.length, reset },
        });
        if (!reset) {
          const rows = matching.filter((flow) => flow.seq > since).map(plain);
          invoke(socket, 'changes', { seq, total: matching.length, rows, removed: [], reset: false });
        }
        invoke(socket, 'state', state());
      }
    }
  });
});

// --- REST ---
const csp = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'";
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

function json(response, value, status = 200) {
  const body = gzipSync(JSON.stringify(value), { level: 1 });
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }).end(body);
}

function problem(response, status, detail) {
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify({ title: 'Problem', status, detail }));
}

function sendBody(request, response, flow, side, query) {
  const decoded = query.get('decoded') === 'true';
  let bytes = bodyOf(flow, side);
  const headers = {
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': 'sandbox',
  };
  headers['Content-Type'] = 'application/octet-stream';
  if (query.get('as') === 'image' && /^image\/(png|jpeg|gif|webp)$/.test(flow.contentType ?? '')) {
    headers['Content-Type'] = flow.contentType;
  }
  if (side === 'response' && flow.shape?.gzip) {
    if (flow.shape.brokenGzip) {
      if (decoded) headers['X-Decode-Error'] = 'The gzip data ends early: 1 of 3 blocks is missing';
    } else if (decoded) headers['X-Decoded'] = 'gzip';
    if (!decoded || flow.shape.brokenGzip) bytes = gzipSync(bytes);
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (!range) {
    response.writeHead(200, { ...headers, 'Content-Length': bytes.length }).end(bytes);
    return;
  }
  const start = Number(range[1]);
  const end = Math.min(range[2] === '' ? bytes.length - 1 : Number(range[2]), bytes.length - 1);
  if (start >= bytes.length) {
    response.writeHead(416, { ...headers, 'Content-Range': `bytes */${bytes.length}` }).end();
    return;
  }
  response.writeHead(206, { ...headers, 'Content-Range': `bytes ${start}-${end}/${bytes.length}` });
  response.end(bytes.subarray(start, end + 1));
}

function api(request, response, url) {
  const path = url.pathname;
  const flowPath = /^\/api\/flows\/(\d+)(?:\/(request|response)\/body)?$/.exec(path);
  if (path === '/api/state') return json(response, state());
  if (path === '/api/flows' && request.method === 'DELETE') {
    const upTo = Number(url.searchParams.get('upTo') ?? Number.POSITIVE_INFINITY);
    flows = flows.filter((flow) => flow.id > upTo);
    for (const flow of live) if (flow.id <= upTo) live.delete(flow);
    dirty.clear();
    seq++;
    broadcast('changes', { seq, total: flows.length, rows: [], removed: [], reset: true });
    return response.writeHead(204).end();
  }
  if (path === '/api/flows') {
    const matching = select(url.searchParams.get('filter'));
    const offset = Number(url.searchParams.get('offset') ?? 0);
    const limit = Math.min(1000, Number(url.searchParams.get('limit') ?? 100));
    const page = matching.slice(offset, offset + limit).map(plain);
    return json(response, { total: matching.length, seq, offset, flows: page });
  }
  if (flowPath) {
    const index = byId(Number(flowPath[1]));
    if (index < 0) return problem(response, 404, `There is no flow ${flowPath[1]}.`);
    const flow = flows[index];
    if (request.method === 'DELETE') {
      flows.splice(index, 1);
      live.delete(flow);
      seq++;
      removed.push(flow.id);
      return response.writeHead(204).end();
    }
    if (flowPath[2]) return sendBody(request, response, flow, flowPath[2], url.searchParams);
    return json(response, detailOf(plain(flow), flow.shape));
  }
  if (path.startsWith('/api/certificate/')) {
    const name = `mitmweb-ca-cert.${path.split('/').at(-1)}`;
    response.writeHead(200, { 'Content-Disposition': `attachment; filename="${name}"` });
    return response.end('-----BEGIN CERTIFICATE-----\n');
  }
  return problem(response, 404, 'There is no such address.');
}

function qr() {
  let cells = '';
  for (let y = 0; y < 25; y++) {
    for (let x = 0; x < 25; x++) {
      const finder = [
        [0, 0],
        [18, 0],
        [0, 18],
      ].some(([a, b]) => x >= a && x < a + 7 && y >= b && y < b + 7);
      const [fx, fy] = [x >= 18 ? x - 18 : x, y >= 18 ? y - 18 : y];
      const ring = Math.max(Math.abs(fx - 3), Math.abs(fy - 3));
      if (finder ? ring !== 2 : (x * 7 + y * 13 + x * y) % 3 === 0) cells += `M${x + 2} ${y + 2}h1v1h-1z`;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><rect width="29" height="29" fill="#fff"/><path d="${cells}"/></svg>`;
}

async function page(response, path) {
  const root = new URL('../dist/', import.meta.url).pathname;
  const file = extname(path) ? path : '/index.html';
  try {
    const bytes = await readFile(join(root, normalize(file)));
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': csp,
    });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname.startsWith('/dev/')) {
    if (url.pathname === '/dev/drop') {
      awayUntil = Date.now() + Number(url.searchParams.get('seconds') ?? 8) * 1000;
      for (const client of hub.clients) client.terminate();
    } else if (url.pathname === '/dev/rate') rate = Number(url.searchParams.get('value'));
    else if (url.pathname === '/dev/client') {
      lastClient = { address: '192.168.1.31', at: new Date().toISOString() };
      broadcast('state', state());
    } else if (url.pathname === '/dev/signout') {
      signedIn = false;
      for (const client of hub.clients) client.terminate();
    } else if (url.pathname === '/dev/signin') signedIn = true;
    else if (url.pathname === '/dev/session') session = `${Math.random()}`;
    return response.end('ok\n');
  }
  if (Date.now() < awayUntil) return request.socket.destroy();
  if (url.pathname === '/setup/qr.svg') return response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(qr());
  if (url.pathname === '/setup') return response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Set-up</h1>');
  if (!signedIn && /^\/(api|hub)/.test(url.pathname)) return problem(response, 401, 'A token is needed.');
  if (url.pathname === '/hub/negotiate') {
    const id = Math.random().toString(36).slice(2);
    return json(response, {
      negotiateVersion: 1,
      connectionId: id,
      connectionToken: id,
      availableTransports: [{ transport: 'WebSockets', transferFormats: ['Text', 'Binary'] }],
    });
  }
  if (url.pathname.startsWith('/api/')) return api(request, response, url);
  if (options.dist) return page(response, url.pathname);
  return problem(response, 404, 'There is no such address.');
});

server.on('upgrade', (request, socket, head) => {
  if (!request.url.startsWith('/hub') || Date.now() < awayUntil) return socket.destroy();
  hub.handleUpgrade(request, socket, head, (client) => hub.emit('connection', client, request));
});

server.listen(Number(options.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${options.port}/`));
