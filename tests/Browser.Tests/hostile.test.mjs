// Filters and SQL that would never end or would write: each gets a clear answer, and the proxy goes on as before meanwhile.
// The long form, with figures that mean something: MITMWEB_HOSTILE_SECONDS=20, and MITMWEB_VIEW_SESSION=FILE for a session of a million flows.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { get } from './dashboard.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { someSession } from './session.mjs';

const seconds = Number(process.env.MITMWEB_HOSTILE_SECONDS ?? 1.5);
const perSecond = 100;
const folder = temporaryFolder();
let upstream;
let mitmweb;

const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
const backtracking = "~b '(?=([a-z ]+)+$)\\1#'";

/** What is asked, the status of the answer, and what it must say. */
const questions = [
  ['SQL without end', () => sql(endless), 400, /longer than|took too long|time/i],
  ['SQL that writes', () => sql('DELETE FROM flows'), 400, /read/i],
  ['SQL that is wrong', () => sql('SELECT hots FROM flows'), 400, /hots/],
  ['a filter that is wrong', () => flows('hots:example'), 400, /hots/],
  ['a filter that is too long', () => flows(`host:${'a'.repeat(5000)}`), 400, /long/],
  ['a regular expression that cannot be read', () => flows('~b "(("'), 400, /not a regular expression/],
  ['a regular expression that backtracks', () => flows(backtracking), 400, /regular expression/i],
];

before(async () => {
  upstream = http.createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), args: ['--session', someSession(folder.path, 5000)] });
});

after(async () => {
  await mitmweb?.stop();
  upstream?.close();
  upstream?.closeAllConnections();
  folder.remove();
});

for (const [name, ask, status, words] of questions) {
  test(name, { timeout: 120_000 }, async () => {
    const response = await ask();
    const { detail } = await response.json();
    assert.equal(response.status, status, detail);
    assert.match(detail, words);
  });
}

test(`the proxy's latency meanwhile, at ${perSecond} requests a second`, { timeout: 120_000 + 4000 * seconds }, async (context) => {
  await load(Math.min(seconds, 5));
  const alone = await load(seconds);
  let asking = true;
  let answers = 0;
  const hostile = [() => sql(endless), () => flows(backtracking)].map(async (ask) => {
    for (; asking; answers++) await (await ask()).text();
  });
  const meanwhile = await load(seconds);
  asking = false;
  await Promise.all(hostile);
  context.diagnostic(
    `alone: ${text(alone)}; with SQL and a filter that never end beside it, one after the other (${answers} answers): ${text(meanwhile)}`,
  );
  assert.equal(meanwhile.length, Math.round(seconds * perSecond));
});

const headers = () => ({ Authorization: `Bearer ${mitmweb.token}` });
const flows = (filter) => fetch(`${mitmweb.origin}/api/flows?limit=10&filter=${encodeURIComponent(filter)}`, { headers: headers() });
const sql = (statement) =>
  fetch(`${mitmweb.origin}/api/sql`, {
    method: 'POST',
    headers: { ...headers(), 'Content-Type': 'application/json' },
    body: JSON.stringify({ sql: statement, timeoutMs: 2000 }),
  });

/** Requests at a steady pace, each answered with 200; gives how long each took, in order of length. */
async function load(seconds) {
  const agent = new http.Agent({ keepAlive: true });
  const start = performance.now();
  const all = Array.from({ length: Math.round(seconds * perSecond) }, async (_, i) => {
    await new Promise((resolve) => setTimeout(resolve, start + (i * 1000) / perSecond - performance.now()));
    const begin = performance.now();
    assert.equal((await get(mitmweb, upstream, `/${i}`, agent)).status, 200);
    return performance.now() - begin;
  });
  const times = (await Promise.all(all)).sort((a, b) => a - b);
  agent.destroy();
  return times;
}

const text = (times) => `p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms, the longest ${at(times, 1)} ms`;
const at = (times, share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
