// The list sorted while flows come, and the outline beside it: hosts and paths, clients, content types.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { get, openDashboard } from './dashboard.mjs';

const agent = new http.Agent({ keepAlive: true, maxSockets: 10 });
let dashboard;
let mitmweb;
let page;
let upstream;

before(async () => {
  dashboard = await openDashboard(answer);
  ({ mitmweb, page, upstream } = dashboard);
  await send('m', 120);
  await shown((list) => list.at(-1) === '/v1/m119');
});

after(async () => {
  agent.destroy();
  await dashboard?.close();
});

test('a click on a column sorts, new flows find their place, and what is on screen stays', async () => {
  await header('path').click();
  await shown((list) => list[0] === '/v1/m000');
  assert.match(page.url(), /sort=path/);
  await send('a', 3);
  await shown((list) => list.slice(0, 4).join() === '/v1/a000,/v1/a001,/v1/a002,/v1/m000');
  await page.getByTestId('new-pill').filter({ hasText: '3 new' }).waitFor();

  // Scrolled down: rows before what is on screen do not move it.
  await page.getByTestId('flow-list').evaluate((list) => {
    list.scrollTop = 40 * 28;
  });
  await shown((list) => list.includes('/v1/m050'));
  const place = () => page.locator('[data-testid=flow-row]', { hasText: '/v1/m045' }).evaluate((row) => row.getBoundingClientRect().top);
  const at = await place();
  await send('b', 5);
  await page.waitForFunction(() => document.querySelector('[data-testid=flow-list]').getAttribute('aria-rowcount') === '129');
  assert.equal(await place(), at);

  await header('path').click();
  await shown((list) => list[0] === '/v1/m119');
  assert.equal(await header('path').locator('..').getAttribute('aria-sort'), 'descending');
  await header('path').click();
  await shown((list) => list.at(-1).startsWith('/v1/b'));
  assert.doesNotMatch(page.url(), /sort=/);
});

test('the outline counts hosts and paths while flows come, and a click filters', async () => {
  await page.getByTestId('toggle-outline').click();
  const outline = page.getByTestId('outline');
  const count = (label, text) => outline.locator('button[data-outline]', { hasText: label }).filter({ hasText: text }).first().waitFor();
  await count('127.0.0.1', '128');
  await count('text/plain', '128');
  await outline.getByRole('button', { name: 'Open 127.0.0.1' }).first().click();
  await count('/v1', '128');
  await outline.getByRole('button', { name: 'Open /v1' }).click();
  await count('/m000', '1');
  await get(mitmweb, upstream, '/v1/m000', agent);
  await get(mitmweb, upstream, '/v2/missing', agent);
  await count('/m000', '2');
  await count('/v2', '1');

  await outline.locator('button[data-outline]', { hasText: '/v2' }).click();
  await shown((list) => list.join() === '/v2/missing');
  await outline.locator('button[data-outline]', { hasText: '/m000' }).click();
  await shown((list) => list.join() === '/v1/m000,/v1/m000');
  await outline.locator('button[data-outline]', { hasText: '/m000' }).click();
  await shown((list) => list.includes('/v2/missing'));

  // The same with the keyboard.
  const focused = (label) =>
    page.waitForFunction((text) => (document.activeElement.ariaLabel ?? document.activeElement.textContent).startsWith(text), label);
  await outline.getByRole('treeitem', { name: /^\/m000,/ }).focus();
  await page.keyboard.press('ArrowLeft');
  await focused('/v1,');
  await page.keyboard.press('Enter');
  await shown((list) => list.every((path) => path.startsWith('/v1/')));
  await page.keyboard.press('ArrowLeft');
  await outline.getByRole('treeitem', { name: /^\/m000,/ }).waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowDown');
  await focused('/v2,');
  await page.keyboard.press('Enter');
  await shown((list) => list.join() === '/v2/missing');
  await page.keyboard.press('Home');
  await focused('127.0.0.1,');
  await page.keyboard.press('Tab');
  await focused('Clients');
  await page.keyboard.press('Shift+Tab');
  await focused('127.0.0.1,');
  await page.getByTestId('toggle-outline').click();
  await outline.waitFor({ state: 'detached' });
});

const header = (column) => page.locator(`[role=columnheader][data-column=${column}] button`);

/** Looks at each frame until the paths of the rows that are drawn are as wanted. */
async function shown(isWanted) {
  let paths = [];
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    paths = await page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return [...document.querySelectorAll('[data-testid=flow-row] [data-column=path]')].map((cell) => cell.textContent);
    });
    if (paths.length > 0 && isWanted(paths)) return;
  }
  assert.fail(`The rows are ${paths.join()}`);
}

async function send(name, count) {
  for (let i = 0; i < count; i++) await get(mitmweb, upstream, `/v1/${name}${String(i).padStart(3, '0')}`, agent);
}

function answer(request, response) {
  response.writeHead(request.url.includes('missing') ? 404 : 200, { 'Content-Type': 'text/plain' });
  response.end('hello');
}
