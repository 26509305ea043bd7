// Server-sent events: every one arrives at once, and is seen in the API while the response still runs.
// How late they are is printed. The long form: MITMWEB_EVENT_SECONDS=60 node --test streaming.test.mjs
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';

const seconds = Number(process.env.MITMWEB_EVENT_SECONDS ?? 5);
const count = 500;
const folder = temporaryFolder();
let server;
let port;
let mitmweb;

before(async () => {
  server = fork(fileURLToPath(new URL('eventServer.mjs', import.meta.url)));
  [port] = await once(server, 'message');
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf') });
});

after(async () => {
  await mitmweb?.stop();
  server?.kill();
  folder.remove();
});

test('an event is seen in the API while the response still runs', async () => {
  const stream = await open('/one');
  await stream.event();
  const flow = await eventually(async () => (await mitmweb.api('/flows?filter=/one')).flows.find((one) => one.state === 'streaming'));
  const body = () =>
    fetch(`${mitmweb.origin}/api/flows/${flow.id}/response/body`, { headers: { Authorization: `Bearer ${mitmweb.token}` } }).then(
      (answer) => answer.text(),
    );
  assert.match(await body(), /^id: 1\ndata: \d+\n\n/);
  const before = (await body()).length;
  await stream.event();
  const later = await body();
  assert.ok(later.length > before, 'the next event is there at once');
  assert.equal((await mitmweb.api(`/flows/${flow.id}`)).state, 'streaming');
  stream.close();
  await eventually(async () => (await mitmweb.api(`/flows/${flow.id}`)).state === 'error');
});

for (const [version, openAll] of [
  ['HTTP/1.1', openConnections],
  ['HTTP/2', openHttp2Streams],
]) {
  test(`${count} streams at once over ${version}: every event arrives`, (context) => manyStreams(context, openAll));
}

async function manyStreams(context, openAll) {
  server.send('start');
  let received = 0;
  let delays = [];
  const streams = await openAll((sentAt) => {
    received++;
    delays.push(Date.now() - sentAt);
  });
  delays = [];
  await delay(seconds * 1000);
  const measured = delays.sort((a, b) => a - b);

  // After the last event nothing follows that could push out one that was held back.
  server.send('stop');
  const [sent] = await once(server, 'message');
  await eventually(() => received === sent);
  for (const stream of streams) stream.close();
  assert.ok(measured.length >= count, `${measured.length} events`);
  const at = (share) => measured[Math.floor(measured.length * share)];
  context.diagnostic(`${measured.length} events in ${seconds} s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${measured.at(-1)} ms`);
}

/** Each stream over a connection of its own. */
function openConnections(onEvent) {
  return Promise.all(Array.from({ length: count }, (_, i) => open(`/many/${i}`, onEvent)));
}

/** A hundred streams over each of a few connections. */
async function openHttp2Streams(onEvent) {
  const perConnection = 100;
  const sessions = Array.from({ length: count / perConnection }, () => connect(mitmweb.proxy));
  const opened = sessions.flatMap((session, connection) =>
    Array.from({ length: perConnection }, async (_, i) => {
      const path = `/http2/${connection * perConnection + i}`;
      const stream = session.request({ ':scheme': 'http', ':authority': `127.0.0.1:${port}`, ':path': path });
      stream.setEncoding('utf8').on('error', () => {});
      stream.on('data', (text) => {
        for (const [, sentAt] of text.matchAll(/data: (\d+)/g)) onEvent(Number(sentAt));
      });
      const [headers] = await once(stream, 'response');
      assert.equal(headers[':status'], 200);
      return { close: () => session.destroy() };
    }),
  );
  return Promise.all(opened);
}

/** Opens a stream through the proxy; `onEvent` gets the time at which each event was sent. */
function open(path, onEvent) {
  return new Promise((resolve, reject) => {
    const waiting = [];
    const proxy = new URL(mitmweb.proxy);
    const url = `http://127.0.0.1:${port}${path}`;
    const outgoing = request({ host: proxy.hostname, port: proxy.port, path: url, headers: { Host: `127.0.0.1:${port}` }, agent: false });
    outgoing.on('error', (error) => (outgoing.destroyed ? undefined : reject(error))).end();
    outgoing.on('response', (response) => {
      response.setEncoding('utf8').on('error', () => {});
      response.on('data', (text) => {
        for (const [, sentAt] of text.matchAll(/data: (\d+)/g)) onEvent?.(Number(sentAt));
        for (const wake of waiting.splice(0)) wake();
      });
      resolve({ event: () => new Promise((wake) => waiting.push(wake)), close: () => outgoing.destroy() });
    });
  });
}

async function eventually(look) {
  for (let tries = 0; tries < 800; tries++) {
    const found = await look();
    if (found) return found;
    await delay(25);
  }
  throw new Error('it did not happen within 20 s');
}
