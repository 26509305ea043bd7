// Recording switched off and on while traffic flows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, openDashboard, picture, rows } from './dashboard.mjs';

let dashboard;
let mitmweb;
let page;
let upstream;
/** Ends the answer to /long, which has begun. */
let finish;

before(async () => {
  dashboard = await openDashboard(answer, { args: ['--no-record'], viewport: { width: 1300, height: 700 } });
  ({ mitmweb, page, upstream } = dashboard);
});

after(async () => {
  await dashboard?.close();
});

test('started with --no-record, traffic flows, and what is not recorded is counted', async () => {
  await banner().getByText('Recording paused, traffic still flows').waitFor();
  assert.equal(await textOf('/one'), 'first, last');
  assert.equal(await textOf('/two'), 'first, last');
  await banner().getByText('2 flows not recorded').waitFor();
  await picture(page, 'recording-paused-empty');
  assert.equal((await mitmweb.api('/flows')).total, 0);

  await button().click();
  await banner().waitFor({ state: 'detached' });
  await page.getByText('2 flows were not recorded').waitFor();
  await textOf('/three');
  await rows(page, 1);
});

test('Space pauses and resumes; a flow that began before the pause is recorded to its end', async () => {
  const long = textOf('/long');
  await rows(page, 2);
  await page.getByTestId('flow-list').focus();
  await page.keyboard.press('Space');
  await banner().waitFor();
  assert.equal(await button().getAttribute('aria-pressed'), 'false');
  await textOf('/four');
  await banner().getByText('1 flow not recorded').waitFor();
  await picture(page, 'recording-paused');
  finish();
  assert.equal(await long, 'first, last');
  await row('/long').and(page.locator('[data-state=done]')).waitFor();

  await page.keyboard.press('Space');
  await banner().waitFor({ state: 'detached' });
  await textOf('/five');
  await rows(page, 3);
  await picture(page, 'recording-on');
  const { flows } = await mitmweb.api('/flows');
  assert.deepEqual(
    flows.map(({ path, state, responseSize }) => [path, state, responseSize]),
    ['/three', '/long', '/five'].map((path) => [path, 'done', 11]),
  );
});

test('Space in the filter is a character, and on a button it presses that button', async () => {
  await page.getByTestId('filter-input').fill('host:a');
  await page.getByTestId('filter-input').press('Space');
  assert.equal(await page.getByTestId('filter-input').inputValue(), 'host:a ');
  await page.getByTestId('filter-input').fill('');
  await rows(page, 3);
  await button().focus();
  await page.keyboard.press('Space');
  await banner().waitFor();
  await banner().getByRole('button', { name: 'Record' }).click();
  await banner().waitFor({ state: 'detached' });
  assert.deepEqual((await mitmweb.api('/state')).recording, { on: true, notRecorded: 0 });
});

const banner = () => page.getByTestId('recording-banner');
const button = () => page.getByTestId('record');
const row = (path) => page.getByTestId('flow-row').filter({ hasText: path });

function answer(request, response) {
  response.write('first, ');
  if (request.url === '/long') finish = () => response.end('last');
  else response.end('last');
}

async function textOf(path) {
  return (await get(mitmweb, upstream, path)).text;
}
