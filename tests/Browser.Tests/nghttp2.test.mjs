// The clients and the server of nghttp2 (Debian: apt-get install nghttp2), the strictest speakers of HTTP/2 there are. They know no proxies:
// through TLS they go by a tunnel that this test opens, without TLS they speak HTTP/2 with the proxy itself. Skipped where they are missing.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findTestProgram } from '../../scripts/testPrograms.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { freePorts, startUpstream, users } from './upstream.mjs';

const missing = ['nghttp', 'nghttpd', 'h2load'].filter((name) => !findTestProgram(name));
const options = { skip: missing.length > 0 && `${missing.join(', ')} not installed (Debian: apt-get install nghttp2)` };
const folder = temporaryFolder();
const text = 'through the proxy '.repeat(50);
const running = [];
let upstream;
let mitmweb;
let secure;
let plain;
let echo;

before(async () => {
  if (options.skip) return;
  upstream = await startUpstream(join(folder.path, 'upstream'));
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), env: { SSL_CERT_FILE: upstream.caFile } });
  const site = join(folder.path, 'site');
  mkdirSync(site);
  writeFileSync(join(site, 'file.txt'), text);
  writeFileSync(join(site, 'large.bin'), Buffer.alloc(3_000_000, 'large '));
  const pair = [join(upstream.folder, 'server.key'), join(upstream.folder, 'server.pem')];
  secure = await startServer((port) => ['-d', site, '-b', '20', '--trailer', 'x-sum: 42', String(port), ...pair]);
  plain = await startServer((port) => ['-d', site, '--no-tls', String(port)]);
  echo = await startServer((port) => ['-d', site, '--echo-upload', '--no-content-length', String(port), ...pair]);
});

after(async () => {
  for (const stop of running) await stop();
  await mitmweb?.stop();
  await upstream?.stop();
  folder.remove();
});

test('nghttp: many streams with padding and trailers', options, async () => {
  const url = await tunnelTo(secure);
  assert.equal(await run('nghttp', ['-y', '-m', '20', '-b', '30', `${url}/file.txt?many`]), text.repeat(20));
  const flows = await done('?many', 20);
  assert.equal(flows.length, 20);
  const detail = await mitmweb.api(`/flows/${flows[0].id}`);
  assert.deepEqual(detail.response.trailers, [['x-sum', '42']]);
});

test('nghttp: a large response with small windows, a head in CONTINUATION frames', options, async () => {
  const url = await tunnelTo(secure);
  const small = ['-w', '10', '-W', '12', '--continuation', '-c', '0', '--encoder-header-table-size', '0'];
  const body = await run('nghttp', ['-y', ...small, `${url}/large.bin?small`]);
  assert.equal(body, readFileSync(join(folder.path, 'site', 'large.bin'), 'latin1'));
  await done('?small');
});

test('nghttp: an upload that waits for 100, with trailers, echoed while it comes', options, async () => {
  const url = await tunnelTo(echo);
  const file = join(folder.path, 'upload.bin');
  writeFileSync(file, 'sent and echoed '.repeat(20_000));
  for (const args of [[], ['--no-content-length'], ['--expect-continue'], ['--trailer', 'x-end: 1']]) {
    assert.equal(await run('nghttp', ['-y', ...args, '-d', file, `${url}/echo?up`]), readFileSync(file, 'utf8'), args.join(' '));
  }
  const flows = await done('?up', 4);
  const trailers = await Promise.all(flows.map(async ({ id }) => (await mitmweb.api(`/flows/${id}`)).request.trailers ?? []));
  assert.deepEqual(trailers.flat(), [['x-end', '1']]);
});

test('nghttp speaks HTTP/2 with the proxy itself', options, async () => {
  assert.equal(await run('nghttp', ['-H', `:authority: localhost:${plain}`, `${mitmweb.proxy}/file.txt?itself`]), text);
  const [flow] = await done('?itself');
  assert.equal(flow.scheme, 'http');
});

test('h2load: nghttpd and nginx, over HTTP/2 and translated to HTTP/1.1', options, async () => {
  for (const [name, target, path] of [
    ['nghttpd', secure, '/file.txt'],
    ['nginx', new URL(upstream.http2).port, '/users.json'],
    ['nginx of HTTP/1.1', new URL(upstream.http1).port, '/users.json'],
  ]) {
    const output = await run('h2load', ['-n', '600', '-c', '6', '-m', '20', '--npn-list=h2', `${await tunnelTo(target)}${path}?h2load`]);
    assert.match(output, /600 succeeded, 0 failed, 0 errored, 0 timeout/, `${name}: ${output}`);
    assert.match(output, /600 2xx, 0 3xx, 0 4xx, 0 5xx/, `${name}: ${output}`);
    assert.match(output, /Application protocol: h2/, name);
  }
  const proxied = await run('h2load', [
    '-n',
    '600',
    '-c',
    '6',
    '-m',
    '20',
    `--connect-to=127.0.0.1:${mitmweb.proxyPort}`,
    `http://localhost:${plain}/file.txt?h2load`,
  ]);
  assert.match(proxied, /600 2xx, 0 3xx, 0 4xx, 0 5xx/, proxied);
  const [one] = await done('/users.json?h2load', 1000);
  assert.equal(JSON.parse(await (await body(one.id)).text()).total, users.total);
});

/** Starts nghttpd on a free port and gives the port. */
async function startServer(args) {
  const [port] = await freePorts(1);
  const child = spawn(findTestProgram('nghttpd'), ['-a', '127.0.0.1', ...args(port)], { stdio: ['ignore', 'ignore', 'inherit'] });
  running.push(async () => {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill()) await ended;
  });
  for (let tries = 0; tries < 400; tries++) {
    assert.equal(child.exitCode, null, 'nghttpd ended');
    const socket = connect(port, '127.0.0.1');
    const isUp = await new Promise((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)));
    socket.destroy();
    if (isUp) return port;
    await delay(25);
  }
  return assert.fail('nghttpd does not listen');
}

/** The address of a port whose every connection is a tunnel through the proxy to that server. */
async function tunnelTo(port) {
  const sockets = new Set();
  const server = createServer((client) => {
    const tunnel = connect(mitmweb.proxyPort, '127.0.0.1', () =>
      tunnel.write(`CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`),
    );
    for (const socket of [client, tunnel]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .once('close', () => {
          client.destroy();
          tunnel.destroy();
        });
    }
    tunnel.once('data', (answer) => {
      assert.match(answer.toString('latin1'), /^HTTP\/1\.1 200 /);
      client.pipe(tunnel);
      tunnel.pipe(client);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `https://localhost:${server.address().port}`;
}

async function run(program, args) {
  const { stdout } = await promisify(execFile)(findTestProgram(program), args, { timeout: 60_000, maxBuffer: 1 << 26, encoding: 'latin1' });
  return stdout;
}

function body(id) {
  return fetch(`${mitmweb.origin}/api/flows/${id}/response/body`, { headers: { Authorization: `Bearer ${mitmweb.token}` } });
}

/** The flows whose URL has that text, at least so many of them, all complete and without an error. The store commits in batches. */
async function done(filter, count = 1) {
  for (let tries = 0; ; tries++) {
    const { flows } = await mitmweb.api(`/flows?filter=${encodeURIComponent(filter)}&limit=1000`);
    if (flows.length >= count && flows.every((flow) => flow.state === 'done')) return flows;
    if (tries === 400)
      assert.fail(`not all done: ${JSON.stringify(flows.filter((flow) => flow.state !== 'done').slice(0, 5))} of ${flows.length}`);
    await delay(50);
  }
}
