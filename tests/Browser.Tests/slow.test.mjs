// A slow reader and a slow server: the fast side waits, and nothing gathers in memory.
// The long form, with 1 GiB each: MITMWEB_SLOW_MIB=1024 node --test --test-timeout=900000 slow.test.mjs
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createSecureServer } from 'node:http2';
import { request } from 'node:https';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFolder } from './folder.mjs';
import { memoryOf } from './memory.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { openTunnel, TunnelAgent } from './tunnelAgent.mjs';
import { makeCertificates } from './upstream.mjs';

const MiB = 1024 * 1024;
const size = Number(process.env.MITMWEB_SLOW_MIB ?? 160) * MiB;
/** What the slow side reads in a second: far less than the other side could send. */
const rate = 40 * MiB;
const folder = temporaryFolder();
let server;
let mitmweb;

before(async () => {
  makeCertificates(folder.path);
  const file = (name) => readFileSync(join(folder.path, name));
  server = createSecureServer({ key: file('server.key'), cert: file('server.pem'), allowHTTP1: true }, serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), env: { SSL_CERT_FILE: join(folder.path, 'upstream-ca.pem') } });
});

after(async () => {
  await mitmweb?.stop();
  server?.close();
  folder.remove();
});

for (const [version, open] of [
  ['HTTP/1.1', openHttp1],
  ['HTTP/2', openHttp2],
]) {
  test(`${version}: a slow reader of a long response`, (context) =>
    inFlatMemory(context, async () => {
      const exchange = await open('GET', '/down');
      exchange.outgoing.end();
      assert.equal(await readSlowly(await exchange.response()), size);
      exchange.close();
    }));

  test(`${version}: a slow server of a long upload`, (context) =>
    inFlatMemory(context, async () => {
      const exchange = await open('POST', '/up');
      await pipeline(zeros(), exchange.outgoing);
      let answer = '';
      for await (const text of await exchange.response()) answer += text;
      assert.equal(Number(answer), size);
      exchange.close();
    }));
}

/** While this runs, the process grows by less than 100 MB, which is less than what passes. */
async function inFlatMemory(context, work) {
  const before = memoryOf(mitmweb.pid, 'VmRSS');
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, memoryOf(mitmweb.pid, 'VmRSS'));
  }, 20);
  try {
    await work();
  } finally {
    clearInterval(watch);
  }
  const growth = (most - before) / 1e6;
  context.diagnostic(`${(size / MiB).toFixed(0)} MiB passed, the process grew by ${growth.toFixed(0)} MB`);
  assert.ok(growth < 100, `grew by ${growth.toFixed(0)} MB`);
}

async function serve(request, response) {
  response.on('error', () => {});
  if (request.method === 'POST') response.end(String(await readSlowly(request)));
  else await pipeline(zeros(), response).catch(() => {});
}

/** Reads all, at the slow rate. */
async function readSlowly(stream) {
  const start = performance.now();
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    const ahead = (length / rate) * 1000 - (performance.now() - start);
    if (ahead > 20) await delay(ahead);
  }
  return length;
}

function zeros() {
  const chunk = Buffer.alloc(64 * 1024);
  return Readable.from(
    (function* () {
      for (let left = size; left > 0; left -= chunk.length) yield chunk;
    })(),
    { objectMode: false, highWaterMark: chunk.length },
  );
}

async function openHttp1(method, path) {
  const agent = new TunnelAgent(mitmweb);
  const outgoing = request(`https://localhost:${server.address().port}${path}`, { method, agent });
  const response = once(outgoing, 'response');
  return { outgoing, response: async () => (await response)[0], close: () => agent.destroy() };
}

async function openHttp2(method, path) {
  const target = { host: 'localhost', port: server.address().port };
  const socket = await openTunnel(mitmweb, target, ['h2']);
  const session = connect(`https://localhost:${target.port}`, { createConnection: () => socket });
  const outgoing = session.request({ ':method': method, ':path': path }, { endStream: false });
  return {
    outgoing,
    response: async () => outgoing,
    close: () => session.destroy(),
  };
}
