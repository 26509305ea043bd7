// Sessions in the dashboard: a new one, the one before beside it, files that are copied, merged, renamed and deleted, and how much is kept.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser } from './browser.mjs';
import { curl } from './curl.mjs';
import { picture } from './dashboard.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { startUpstream } from './upstream.mjs';

const folder = temporaryFolder();
const confdir = join(folder.path, 'conf');
let upstream;
let mitmweb;
let browser;
let page;

before(async () => {
  mkdirSync(join(folder.path, 'upstream'), { recursive: true });
  upstream = await startUpstream(join(folder.path, 'upstream'));
  mitmweb = await startMitmWeb({ confdir, env: { SSL_CERT_FILE: upstream.caFile } });
  browser = await launchBrowser({ home: join(folder.path, 'home') });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(20_000);
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  await upstream?.stop();
  folder.remove();
});

const row = (name) =>
  page
    .getByTestId('session-row')
    .filter({ has: page.getByRole('link', { name, exact: true }) })
    .first();

async function choose(name, item) {
  await row(name).getByTestId('session-menu').click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function answer(field, text, button) {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(field).fill(text);
  await dialog.getByRole('button', { name: button }).click();
}

test('a new session is recorded from now on, and open tabs follow', async () => {
  await curl(mitmweb, `${upstream.http1}/users.json`);
  await page.goto(mitmweb.dashboard);
  await page.getByTestId('flow-row').first().waitFor();
  const other = await browser.newPage();
  await other.goto(mitmweb.dashboard);
  await other.getByTestId('flow-row').first().waitFor();

  await page.getByRole('link', { name: 'Sessions' }).click();
  await page.getByTestId('new-session').click();
  await answer('Name', 'bug 42', 'Record there');

  await page.getByTestId('session-name').getByText('recording in bug 42').waitFor();
  await other.getByTestId('flow-row').first().waitFor({ state: 'detached' });
  await curl(mitmweb, `${upstream.http1}/style.css`);
  await other.getByTestId('flow-row').filter({ hasText: 'style.css' }).waitFor();
  assert.equal(await other.getByTestId('flow-row').count(), 1);
  await other.close();
  await row('bug 42').getByText('recorded', { exact: true }).waitFor();
  await picture(page, 'sessions-list');
});

test('a stored session is looked at beside the live one, read only', async () => {
  await row('session').getByText('stored', { exact: true }).waitFor();
  await row('session').getByRole('link', { name: 'session', exact: true }).click();

  await page.getByTestId('viewed-banner').getByText('read only').waitFor();
  await page.getByTestId('flow-row').filter({ hasText: 'users.json' }).click();
  await page.getByTestId('flow-details').getByText('Ada Lovelace').first().waitFor();
  assert.match(page.url(), /\/flow\/1\/response\?session=session/);
  await picture(page, 'sessions-viewed');
  await page.reload();
  await page.getByTestId('flow-details').getByText('Ada Lovelace').first().waitFor();
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByTestId('audit-host').first().waitFor();
  assert.match(page.url(), /\/audit\?session=session/);
  await page.getByTestId('viewed-banner').getByRole('link', { name: 'Back to live' }).click();
  await page.getByTestId('flow-row').filter({ hasText: 'style.css' }).waitFor();
  assert.equal(await page.getByTestId('viewed-banner').count(), 0);
});

test('a session that is not there says so and leads back', async () => {
  await page.goto(`${mitmweb.origin}/?session=nowhere`);
  await page.getByTestId('viewed-banner').getByText('There is no session “nowhere”').waitFor();
  await page.getByTestId('viewed-banner').getByRole('link', { name: 'Back to live' }).click();
  await page.getByTestId('flow-row').first().waitFor();
});

test('sessions are duplicated, merged, renamed and deleted', async () => {
  await page.getByRole('link', { name: 'Sessions' }).click();
  await choose('session', /Duplicate/);
  await answer('Name of the copy', 'copy', 'Duplicate');
  await row('copy').waitFor();

  await row('copy').getByRole('checkbox').check();
  await row('bug 42').getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Merge 2' }).click();
  await answer('Name of the new session', 'both', 'Merge');
  // From the moment on in which it is there it is whole.
  await row('both').waitFor();
  assert.match(await row('both').innerText(), /stored\s*2/);

  await choose('both', /Rename/);
  await answer('New name', 'bug 42', 'Rename');
  await page.getByRole('dialog').getByText('There is a session “bug 42” already').waitFor();
  await answer('New name', 'everything', 'Rename');
  await row('everything').waitFor();

  await choose('copy', /Delete/);
  await picture(page, 'sessions-delete');
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await row('copy').waitFor({ state: 'detached' });
  assert.equal(existsSync(join(confdir, 'sessions', 'copy.mitmweb')), false);

  await row('bug 42').getByTestId('session-menu').click();
  const remove = page.getByRole('menuitem', { name: /Delete/ });
  assert.equal(await remove.isDisabled(), true);
  assert.match(await remove.innerText(), /being recorded/);
  await page.getByRole('menu').press('Escape');
  await remove.waitFor({ state: 'detached' });
});

test('the session that is recorded is renamed, and goes on', async () => {
  await choose('bug 42', /Rename/);
  await answer('New name', 'bug 43', 'Rename');
  await row('bug 43').getByText('recorded', { exact: true }).waitFor();
  await page.getByTestId('session-name').getByText('recording in bug 43').waitFor();
  assert.equal(existsSync(join(confdir, 'sessions', 'bug 42.mitmweb')), false);
});

test('limits are set, and the status bar says how full the session is', async () => {
  const card = page.getByTestId('retention');
  await card.getByLabel('Flows', { exact: true }).first().fill('2');
  await card.getByRole('button', { name: 'Save' }).click();
  await page.getByTestId('retention-meter').getByText('1 of 2 flows').waitFor();
  for (const file of ['index.html', 'script.js', 'pixel.png']) await curl(mitmweb, `${upstream.http1}/${file}`);

  await page.getByTestId('retention-meter').getByText('2 of 2 flows').waitFor();
  await card.getByText('are being removed').waitFor();
  await picture(page, 'sessions-retention');
  for (;;) {
    const { flows } = await mitmweb.api('/flows');
    if (flows.length === 2 && flows[1].path === '/pixel.png') break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
