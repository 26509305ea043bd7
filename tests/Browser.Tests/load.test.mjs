// Many requests and large bodies: nothing lost, nothing doubled, and memory stays flat.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { findTestProgram } from '../../scripts/testPrograms.mjs';
import { temporaryFolder } from './folder.mjs';
import { memoryOf } from './memory.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { TunnelAgent } from './tunnelAgent.mjs';
import { startUpstream } from './upstream.mjs';

const clients = 50;
const requests = 10_000;
const MiB = 1024 * 1024;
const folder = temporaryFolder();
const confdir = join(folder.path, 'conf');
let upstream;
let mitmweb;

before(async () => {
  upstream = await startUpstream(join(folder.path, 'upstream'));
  mitmweb = await start();
});

after(async () => {
  await mitmweb?.stop();
  await upstream?.stop();
  folder.remove();
});

test('10 000 requests of 50 clients are 10 000 flows, after a restart too', async (context) => {
  const agents = Array.from({ length: clients }, () => new TunnelAgent(mitmweb));
  let next = 0;
  await Promise.all(
    agents.map(async (agent) => {
      while (next < requests) {
        const number = next++;
        assert.equal(await get(agent, `${upstream.http1}/users.json?n=${number}`), 200);
      }
    }),
  );
  for (const agent of agents) agent.destroy();

  await allOf(requests, 'while it runs');
  const { code, took } = await mitmweb.stop('SIGINT');
  assert.equal(code, 0);
  // Below 2 s where nobody else is at work.
  context.diagnostic(`Ctrl+C took ${Math.round(took)} ms`);
  assert.ok(took < 15_000, `Ctrl+C took ${Math.round(took)} ms`);
  mitmweb = await start();
  await allOf(requests, 'after a restart');
});

test('a download of 1 GiB and an upload of 200 MiB pass, and the process grows by less than 150 MB', async (context) => {
  // A process of its own: what the requests above left in the heap is no part of it.
  await mitmweb.stop();
  mitmweb = await start();
  const big = join(folder.path, 'big.bin');
  await run('truncate', '-s', String(1024 * MiB), join(upstream.site, 'big.bin'));
  writeFileSync(big, randomly(200 * MiB));
  await curl('-o', '/dev/null', `${upstream.http1}/users.json`);
  await curl('-o', '/dev/null', `${upstream.http2}/users.json`);
  const start0 = memoryOf(mitmweb.pid, 'VmRSS');

  for (const [name, origin, flag] of [
    ['HTTP/1.1', upstream.http1, '--http1.1'],
    ['HTTP/2', upstream.http2, '--http2'],
  ]) {
    const size = await curl('-o', '/dev/null', '-w', '%{http_version} %{size_download}', flag, `${origin}/big.bin`);
    assert.equal(size, `${name === 'HTTP/2' ? '2' : '1.1'} ${1024 * MiB}`);
    await curl('-o', '/dev/null', '-f', flag, '-T', big, `${origin}/upload/${name.replace('/', '')}.bin`);
    assert.equal(await digest(join(upstream.folder, 'upload', `${name.replace('/', '')}.bin`)), await digest(big), name);
  }

  const growth = (memoryOf(mitmweb.pid, 'VmHWM') - start0) / 1e6;
  context.diagnostic(`grew by ${growth.toFixed(0)} MB at most, from ${(start0 / 1e6).toFixed(0)} MB`);
  assert.ok(growth < 150, `grew by ${growth.toFixed(0)} MB`);
  const { flows } = await mitmweb.api('/flows?filter=localhost%20bin&limit=10');
  assert.deepEqual(
    flows.map((flow) => [flow.state, flow.httpVersion, flow.requestSize, flow.responseSize > 1000]),
    [
      ['done', 'HTTP/1.1', 0, true],
      ['done', 'HTTP/1.1', 200 * MiB, false],
      ['done', 'HTTP/2', 0, true],
      ['done', 'HTTP/2', 200 * MiB, false],
    ],
  );
  assert.equal(flows[0].responseSize, 1024 * MiB);
  const stored = await fetch(`${mitmweb.origin}/api/flows/${flows[3].id}/request/body`, {
    headers: { Authorization: `Bearer ${mitmweb.token}` },
  });
  assert.equal(await digestOf(stored.body), await digest(big), 'what is stored is what was sent');
});

function start() {
  return startMitmWeb({ confdir, env: { SSL_CERT_FILE: upstream.caFile } });
}

/** Every request of the first test is one flow, done, with its own number. */
async function allOf(count, when) {
  const numbers = new Set();
  let total = 0;
  for (let offset = 0; ; offset += 1000) {
    const page = await mitmweb.api(`/flows?offset=${offset}&limit=1000`);
    for (const flow of page.flows) {
      assert.equal(flow.state, 'done', JSON.stringify(flow));
      numbers.add(flow.path);
      total++;
    }
    if (page.flows.length < 1000) break;
  }
  assert.equal(total, count, `flows ${when}`);
  assert.equal(numbers.size, count, `different flows ${when}`);
}

function get(agent, url) {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response
        .on('error', reject)
        .on('end', () => resolve(response.statusCode))
        .resume();
    })
      .on('error', reject)
      .end();
  });
}

async function curl(...args) {
  return run('curl', '-sS', '--max-time', '120', '-x', mitmweb.proxy, '--cacert', mitmweb.caFile, ...args);
}

async function run(name, ...args) {
  const { stdout } = await promisify(execFile)(findTestProgram(name) ?? name, args);
  return stdout;
}

/** Bytes that no compression or sparse file makes smaller, the same at every run. */
function randomly(length) {
  const bytes = Buffer.allocUnsafe(length);
  let number = 2463534242;
  for (let i = 0; i < length; i += 4) {
    number ^= number << 13;
    number ^= number >>> 17;
    number ^= number << 5;
    bytes.writeInt32LE(number | 0, i);
  }
  return bytes;
}

const digest = (path) => digestOf(createReadStream(path));

async function digestOf(stream) {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}
