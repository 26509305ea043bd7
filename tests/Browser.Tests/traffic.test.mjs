// The list: types as buttons, several flows summed up, and the waterfall.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openDashboard, picture, rows } from './dashboard.mjs';

let dashboard;
let mitmweb;
let page;

before(async () => {
  dashboard = await openDashboard(answer, {
    viewport: { width: 1400, height: 800 },
    paths: ['/users.json', '/page.html', '/style.css', '/script.js', '/missing.json', '/slow.json'],
  });
  ({ mitmweb, page } = dashboard);
  await rows(page, 6);
});

after(async () => {
  await dashboard?.close();
});

test('buttons of types write the filter and show what it says', async () => {
  const types = page.getByTestId('type-toggles');
  const button = (name) => types.getByRole('button', { name, exact: true });
  const input = page.getByTestId('filter-input');
  await button('CSS').click();
  await rows(page, 1);
  assert.equal(await input.inputValue(), 'is:css');
  await button('JS').click();
  await rows(page, 2);
  assert.equal(await input.inputValue(), '(is:css | is:js)');
  assert.equal(await button('JS').getAttribute('aria-pressed'), 'true');
  await picture(page, 'traffic-types');
  await input.fill('is:data path:json');
  await input.press('Enter');
  await rows(page, 3);
  assert.equal(await button('CSS').getAttribute('aria-pressed'), 'false');
  assert.equal(await button('Data').getAttribute('aria-pressed'), 'true');
  await button('Errors').click();
  await rows(page, 1);
  await row('/missing.json').waitFor();
  await button('Errors').click();
  await button('Data').click();
  await rows(page, 3);
  assert.equal(await input.inputValue(), 'path:json');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await rows(page, 6);
});

test('several flows are summed up', async () => {
  await row('/users.json').click();
  await row('/style.css').click({ modifiers: ['Control'] });
  await row('/missing.json').click({ modifiers: ['Control'] });
  const summary = page.getByTestId('selection-summary');
  await summary.getByText('2 × 2xx, 1 × 4xx').waitFor();
  await summary.getByText(`${sizes('/users.json', '/style.css', '/missing.json')} B`).waitFor();
  await summary.getByText('127.0.0.1 (3)').waitFor();
  await picture(page, 'traffic-summary');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByTestId('flow-details').waitFor({ state: 'detached' });
});

test('the waterfall shows which flow took long, and follows the choice of columns', async () => {
  await page.keyboard.press('w');
  await page.getByRole('columnheader', { name: 'Waterfall' }).waitFor();
  // The slow one takes most of what is on screen, the others next to nothing.
  const drawn = () =>
    page.getByTestId('waterfall').evaluate((canvas) => {
      const lines = 6;
      const height = Math.round((canvas.height / canvas.clientHeight) * 28);
      const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, height * lines);
      return Array.from({ length: lines }, (_, line) => {
        const start = (line * height + Math.floor(height / 2)) * width * 4;
        return Array.from({ length: width }, (_, x) => data[start + x * 4 + 3] > 0).filter(Boolean).length / width;
      });
    });
  const shares = await drawn();
  assert.ok(
    shares.every((share) => share > 0),
    shares.join(),
  );
  assert.ok(shares[5] > 0.3 && shares[5] === Math.max(...shares), shares.join());
  await picture(page, 'traffic-waterfall');
  const { flows } = await mitmweb.api('/flows?filter=path:slow');
  assert.ok(flows[0].ttfbMs >= 300);
  await page.reload();
  await page.getByTestId('waterfall').waitFor();
  await page.keyboard.press('w');
  await page.getByTestId('waterfall').waitFor({ state: 'detached' });
});

const row = (path) => page.locator('[data-testid=flow-row]', { has: page.locator(`span[title="${path}"]`) });
const sizes = (...paths) => paths.reduce((sum, path) => sum + Buffer.byteLength(bodyOf(path)), 0);
const bodyOf = (path) => `/* ${path} */`;

async function answer(request, response) {
  const types = { json: 'application/json', html: 'text/html', css: 'text/css', js: 'text/javascript' };
  if (request.url.includes('slow')) await delay(1500);
  response.statusCode = request.url.includes('missing') ? 404 : 200;
  response.setHeader('Content-Type', types[request.url.split('.')[1]]);
  response.end(bodyOf(request.url));
}
