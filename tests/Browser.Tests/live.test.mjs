// The list while traffic runs: it shows rows in every frame, the rate is true, and a clear deletes nothing that came after it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { get, openDashboard, rows } from './dashboard.mjs';

const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
let dashboard;
let mitmweb;
let page;
let upstream;

before(async () => {
  dashboard = await openDashboard((_, response) => response.end('hello'));
  ({ mitmweb, page, upstream } = dashboard);
});

after(async () => {
  agent.destroy();
  await dashboard?.close();
});

test('while flows come fast, the end of the list is seen in every frame', async () => {
  await send('first', 100);
  await page.getByTestId('flow-row').first().waitFor();
  const frames = page.evaluate(countFrames, 2100);
  await send('more', 2000);
  const { all, blank } = await frames;
  assert.ok(all > 3, `only ${all} frames were drawn`);
  assert.equal(blank, 0, `${blank} of ${all} frames showed no row at all`);
});

test('when the traffic ends, so does the rate', async () => {
  await page.waitForFunction(() => /\b0 req\/s/.test(document.querySelector('[data-testid=status-bar]').innerText));
});

test('a clear takes what was there, not what comes after it, and can be taken back after a reload', async () => {
  const { total } = await mitmweb.api('/flows');
  await page.getByTestId('clear-flows').click();
  await page.getByTestId('deletion-toast').waitFor();
  await send('after', 3);
  await rows(page, 3);
  const { flows } = await mitmweb.api('/flows');
  assert.deepEqual(flows.map((flow) => flow.path).sort(), ['/after0', '/after1', '/after2']);
  await page.reload();
  await rows(page, 3);
  await page.getByTestId('deletions').click();
  await page.getByRole('menuitem', { name: /flows/ }).click();
  await page.waitForFunction(async (wanted) => (await (await fetch('/api/flows?limit=1')).json()).total === wanted, total + 3);
});

function send(name, count) {
  return Promise.all(Array.from({ length: count }, (_, i) => sent(`/${name}${i}`)));
}

async function sent(path) {
  assert.equal((await get(mitmweb, upstream, path, agent)).status, 200);
}

/** In the page: looks at each frame after it is laid out, until the list has this many flows. */
function countFrames(until) {
  const list = document.querySelector('[data-testid=flow-list]');
  const result = { all: 0, blank: 0 };
  return new Promise((resolve) => {
    const look = () => {
      const seen = list.getBoundingClientRect();
      const shows = [...list.querySelectorAll('[data-testid=flow-row]')].some((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return bottom > seen.top + 40 && top < seen.bottom;
      });
      result.all++;
      if (!shows) result.blank++;
      if (Number(list.getAttribute('aria-rowcount')) > until) resolve(result);
      else next();
    };
    // A message comes after the frame that asked for it, before the next one.
    const channel = new MessageChannel();
    channel.port1.onmessage = look;
    const next = () => requestAnimationFrame(() => channel.port2.postMessage(null));
    next();
  });
}
