// Recording switched off and on while traffic flows.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser } from './browser.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';

const folder = temporaryFolder();
/** Where pictures are left for people to look at; none without. */
const pictures = process.env.MITMWEB_PICTURES;
let upstream;
let mitmweb;
let browser;
let page;
/** Ends the answer to /long, which has begun. */
let finish;

before(async () => {
  upstream = http
    .createServer((request, response) => {
      response.write('first, ');
      if (request.url === '/long') finish = () => response.end('last');
      else response.end('last');
    })
    .listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), args: ['--no-record'] });
  browser = await launchBrowser({ home: join(folder.path, 'home') });
  page = await browser.newPage({ viewport: { width: 1300, height: 700 } });
  page.setDefaultTimeout(20_000);
  await page.goto(mitmweb.dashboard);
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  upstream?.close();
  upstream?.closeAllConnections();
  folder.remove();
});

test('started with --no-record, traffic flows, and what is not recorded is counted', async () => {
  await banner().getByText('Recording paused, traffic still flows').waitFor();
  assert.equal(await get('/one'), 'first, last');
  assert.equal(await get('/two'), 'first, last');
  await banner().getByText('2 flows not recorded').waitFor();
  await picture('paused-empty');
  assert.equal((await mitmweb.api('/flows')).total, 0);

  await button().click();
  await banner().waitFor({ state: 'detached' });
  await page.getByText('2 flows were not recorded').waitFor();
  await get('/three');
  await rows(1);
});

test('Space pauses and resumes; a flow that began before the pause is recorded to its end', async () => {
  const long = get('/long');
  await rows(2);
  await page.getByTestId('flow-list').focus();
  await page.keyboard.press('Space');
  await banner().waitFor();
  assert.equal(await button().getAttribute('aria-pressed'), 'false');
  await get('/four');
  await banner().getByText('1 flow not recorded').waitFor();
  await picture('paused');
  finish();
  assert.equal(await long, 'first, last');
  await row('/long').and(page.locator('[data-state=done]')).waitFor();

  await page.keyboard.press('Space');
  await banner().waitFor({ state: 'detached' });
  await get('/five');
  await rows(3);
  await picture('recording');
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
  await rows(3);
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

async function rows(count) {
  await page.waitForFunction((wanted) => document.querySelectorAll('[data-testid=flow-row]').length === wanted, count);
}

async function picture(name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

function get(path) {
  return new Promise((resolve, reject) => {
    http
      .get(
        { host: '127.0.0.1', port: mitmweb.proxyPort, path: `http://127.0.0.1:${upstream.address().port}${path}`, agent: false },
        (response) => {
          let text = '';
          response
            .setEncoding('utf8')
            .on('data', (part) => {
              text += part;
            })
            .on('error', reject)
            .on('end', () => resolve(text));
        },
      )
      .on('error', reject);
  });
}
