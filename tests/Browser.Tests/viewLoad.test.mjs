// Three tabs with different views while flows come fast: nothing is lost, and what each is told stays small.
// The long form, with figures that mean something: MITMWEB_VIEW_RATE=3000 MITMWEB_VIEW_SECONDS=30, and MITMWEB_VIEW_SESSION=FILE for a session to go on with.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser } from './browser.mjs';
import { watchLongTasks } from './dashboard.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';

const rate = Number(process.env.MITMWEB_VIEW_RATE ?? 300);
const seconds = Number(process.env.MITMWEB_VIEW_SECONDS ?? 2);
const session = process.env.MITMWEB_VIEW_SESSION;
const connections = 40;
const hosts = ['127.0.0.1', 'localhost'];
const views = ['', 'sort=path', 'q=path%3A%2F5%24%2F&sort=-durationMs'];
const answer = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello';
const folder = temporaryFolder();
let upstream;
let mitmweb;
let browser;

before(async () => {
  upstream = createServer((socket) => {
    socket.setNoDelay().on('error', () => {});
    // A request is one small piece here.
    socket.on('data', () => socket.write(answer));
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), args: session ? ['--session', session] : [] });
  browser = await launchBrowser({ home: join(folder.path, 'home') });
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  upstream?.close();
  folder.remove();
});

test(`${rate} flows a second for ${seconds} s, three tabs`, { timeout: 120_000 + 3000 * seconds }, async (context) => {
  const before = (await mitmweb.api('/state')).session.flows;
  const tabs = await Promise.all(views.map(openTab));
  const begin = Date.now();
  const sent = await send(rate, seconds);
  const ended = Date.now();
  // Each tab has sent one to begin with.
  const all = before + views.length + sent;
  for (const until = Date.now() + 60_000; (await mitmweb.api('/state')).session.flows < all && Date.now() < until; );
  for (const [i, tab] of tabs.entries()) {
    const filter = new URLSearchParams(views[i]).get('q') ?? '';
    const { total } = await mitmweb.api(`/flows?limit=0&filter=${encodeURIComponent(filter)}`);
    if (filter === '') assert.equal(total, all);
    await tab.page.waitForFunction(
      (count) => Number(document.querySelector('[data-testid=flow-list]').getAttribute('aria-rowcount')) === count + 1,
      total,
    );
  }
  context.diagnostic(`all tabs were up to date ${Date.now() - ended} ms after the last answer`);
  for (const [i, tab] of tabs.entries()) {
    const perSecond = tab.bytes / seconds;
    const longTasks = await tab.page.evaluate(() => window.longTasks.filter((ms) => ms > 50).length);
    const latencies = await latenciesOf(tab.page, begin + (seconds * 1000) / 4);
    context.diagnostic(
      `“${views[i]}”: ${(perSecond / 1000).toFixed(0)} kB/s, ${longTasks} tasks over 50 ms, from a flow's end until it is seen: ` +
        `p50 ${at(latencies, 0.5)} ms, p95 ${at(latencies, 0.95)} ms (${latencies.length} rows)`,
    );
    assert.ok(perSecond < 1_000_000, `${perSecond} bytes a second`);
  }
});

/** A tab that notes what it is told, and when a row is on screen. */
async function openTab(query) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(60_000);
  const tab = { page, bytes: 0 };
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => (tab.bytes += payload.length)));
  await watchLongTasks(page);
  await page.addInitScript(() => {
    window.seen = new Map();
    window.seenBefore = 0;
    const look = () => {
      const now = Date.now();
      for (const row of document.querySelectorAll('[data-testid=flow-row][data-state=done]')) {
        const id = Number(row.dataset.flowId);
        if (!window.seen.has(id)) window.seen.set(id, now);
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(mitmweb.dashboard);
  await send(1, 1);
  await page.getByTestId('flow-row').first().waitFor();
  await page.goto(`${mitmweb.origin}/?${query}`);
  await page.getByTestId('flow-list').waitFor();
  tab.bytes = 0;
  return tab;
}

/** Of rows that came on screen: how long after the flow's end. Those that had ended before a time are left out: then much is compiled still. */
async function latenciesOf(page, from) {
  const seen = await page.evaluate(() => [...window.seen]);
  const latencies = [];
  for (const [id, at] of seen.slice(-400)) {
    const flow = await mitmweb.api(`/flows/${id}`);
    const end = Date.parse(flow.startedAt) + flow.durationMs;
    if (end > from) latencies.push(at - end);
  }
  return latencies.sort((a, b) => a - b);
}

const at = (sorted, share) => Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);

/** Sends requests at a rate over connections that are kept, written by hand so that it costs little; gives their number. */
async function send(perSecond, seconds) {
  const idle = [];
  const all = [];
  let left = 0;
  let done;
  const finished = new Promise((resolve) => {
    done = resolve;
  });
  const wanted = perSecond * seconds;
  for (let i = 0; i < Math.min(connections, wanted); i++) {
    const socket = connect(mitmweb.proxyPort, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    socket.on('data', (data) => {
      if (!data.includes('hello')) return;
      idle.push(socket);
      if (++left === wanted) done();
    });
    idle.push(socket);
    all.push(socket);
  }
  const start = performance.now();
  let number = 0;
  const timer = setInterval(() => {
    const due = Math.min(wanted, Math.ceil(((performance.now() - start) / 1000) * perSecond));
    while (number < due && idle.length > 0) {
      const host = `${hosts[number % hosts.length]}:${upstream.address().port}`;
      idle.pop().write(`GET http://${host}/v${number % 7}/${(number * 7919) % 10007} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      number++;
    }
    if (number === wanted) clearInterval(timer);
  }, 5);
  await finished;
  for (const socket of all) socket.destroy();
  return wanted;
}
