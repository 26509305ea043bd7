// The filter bar: completions by keyboard, what is wrong underlined with a suggestion to click, and the help sheet.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerPath, get, openDashboard, picture, rows } from './dashboard.mjs';

let dashboard;
let mitmweb;
let page;
let upstream;

before(async () => {
  dashboard = await openDashboard(answer, { paths: ['/users', '/users/7', '/missing'] });
  ({ mitmweb, page, upstream } = dashboard);
  await rows(page, 3);
});

after(async () => {
  await dashboard?.close();
});

test('a field and a value are completed with the keyboard', async () => {
  const input = page.getByTestId('filter-input');
  await input.pressSequentially('stat');
  await page.getByRole('option', { name: /status:/ }).waitFor();
  await input.press('ArrowDown');
  await input.press('Enter');
  await page.getByRole('option', { name: /404/ }).waitFor();
  assert.equal(await input.inputValue(), 'status:');
  await picture(page, 'filter-completions');
  await input.press('4');
  await page.waitForFunction(() => document.querySelectorAll('[role=option]').length === 1);
  await input.press('ArrowDown');
  await input.press('Tab');
  await rows(page, 1);
  assert.equal(await input.inputValue(), 'status:404');
  await page.getByText('Flows where the status is 404.').waitFor();
});

test('what is wrong is underlined, the last right filter stays, and the suggestion is a click', async () => {
  const input = page.getByTestId('filter-input');
  await input.fill('status:404 ~z users');
  await page.getByTestId('filter-error').getByText('Unknown operator ~z; did you mean ~d?').waitFor();
  assert.equal(await page.getByTestId('filter-mark').locator('mark').textContent(), '~z');
  assert.equal(await input.getAttribute('aria-invalid'), 'true');
  await rows(page, 1);
  await picture(page, 'filter-error');
  await page.getByTestId('filter-suggestion').click();
  assert.equal(await input.inputValue(), 'status:404 ~d users');
  await page.getByTestId('empty-filter').waitFor();
  assert.equal(await page.getByTestId('filter-error').count(), 0);
});

test('a filter of bodies follows the traffic', async () => {
  await page.getByTestId('filter-input').fill('~bs "/users');
  await page.getByTestId('filter-error').waitFor();
  await page.getByTestId('filter-input').fill('~bs "/users/"');
  await rows(page, 1);
  await get(mitmweb, upstream, '/users/8');
  await rows(page, 2);
});

test('an example of the help sheet becomes the filter', async () => {
  await page.getByRole('button', { name: 'Filter help' }).click();
  const help = page.getByTestId('filter-help');
  await help.getByText('~c 404').waitFor();
  await picture(page, 'filter-help');
  await help.getByText('~c 404').click();
  await rows(page, 1);
  assert.equal(await page.getByTestId('filter-input').inputValue(), '~c 404');
});

test('a link with a wrong filter says what is wrong with it', async () => {
  const url = new URL(page.url());
  url.searchParams.set('q', '~nothing');
  await page.goto(url.href);
  await page.getByTestId('filter-error').waitFor();
  await page.getByTestId('filter-input').fill('users');
  await rows(page, 3);
});

function answer(request, response) {
  response.statusCode = request.url.startsWith('/missing') ? 404 : 200;
  answerPath(request, response);
}
