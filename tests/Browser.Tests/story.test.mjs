// The story of a new user: from the link in the terminal to a JSON body on the screen.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser } from './browser.mjs';
import { curl } from './curl.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { startUpstream, users } from './upstream.mjs';

/** Usually below 150 ms; on a machine that others use as well, this is the line between slow and stuck. */
const rowLimit = 15_000;
const folder = temporaryFolder();
let upstream;
let mitmweb;
let browser;
let page;

before(async () => {
  upstream = await startUpstream(join(folder.path, 'upstream'));
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), env: { SSL_CERT_FILE: upstream.caFile } });
  browser = await launchBrowser({ home: join(folder.path, 'home') });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(10_000);
  await page.addInitScript(noteRows);
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  await upstream?.stop();
  folder.remove();
});

test('the link from the terminal opens the dashboard with the set-up screen', async () => {
  const response = await page.goto(mitmweb.dashboard);

  assert.equal(response.status(), 200);
  assert.equal(new URL(page.url()).search, '', 'the token does not stay in the address bar');
  const setUp = page.getByTestId('empty-setup');
  await setUp.waitFor();
  assert.match(await setUp.innerText(), new RegExp(`curl[^\n]*${mitmweb.proxyPort}`));
});

for (const { name, path, args, version, server } of [
  { name: 'HTTP/1.1 to HTTP/1.1', path: '/users.json?from=h1', args: ['--http1.1'], version: '1.1', server: 'http1' },
  { name: 'HTTP/2 to HTTP/2', path: '/users.json?from=h2', args: ['--http2'], version: '2', server: 'http2' },
  { name: 'a POST over plain HTTP', path: '/echo', args: ['--data', 'a=b'], version: '1.1', server: 'plain' },
]) {
  test(`a request by curl is a row at once: ${name}`, async (context) => {
    const answer = await curl(mitmweb, upstream[server] + path, ...args);

    assert.equal(answer.status, 200);
    assert.equal(answer.version, version);
    const seen = await page.waitForFunction((text) => window.completedRows.find((row) => row.text.includes(text)), path);
    const seenAt = (await seen.jsonValue()).at;
    const took = Math.max(0, seenAt - answer.endedAt);
    context.diagnostic(`row complete ${Math.round(took)} ms after curl had ended`);
    assert.ok(took < rowLimit, `${took} ms`);
  });
}

test('what is stored is what was sent', async () => {
  const { total, flows } = await mitmweb.api('/flows?limit=10');

  assert.equal(total, 3);
  assert.deepEqual(
    flows.map(({ method, scheme, status, httpVersion, serverHttpVersion, state }) => [
      method,
      scheme,
      status,
      httpVersion,
      serverHttpVersion,
      state,
    ]),
    [
      ['GET', 'https', 200, 'HTTP/1.1', 'HTTP/1.1', 'done'],
      ['GET', 'https', 200, 'HTTP/2', 'HTTP/2', 'done'],
      ['POST', 'http', 200, 'HTTP/1.1', 'HTTP/1.1', 'done'],
    ],
  );
  const first = await mitmweb.api(`/flows/${flows[0].id}`);
  assert.deepEqual(
    first.request.headers.map(([name]) => name),
    ['Host', 'User-Agent', 'Accept'],
  );
  assert.equal(first.request.target, '/users.json?from=h1');
  assert.match(first.serverConnection.tls.certificates[0].subject, /localhost/);
  assert.equal(first.clientConnection.tls.sni, 'localhost');
});

test('a row opens the flow with its JSON body, and its address opens it again', async () => {
  await page.getByTestId('flow-row').filter({ hasText: '/users.json' }).first().click();
  await seesUser();
  const address = page.url();
  assert.match(new URL(address).pathname, /^\/flows?\/\d+/);

  await page.reload();

  assert.equal(page.url(), address);
  await seesUser();

  async function seesUser() {
    const body = page.getByTestId('response-pane').getByTestId('body-view');
    await body.waitFor();
    await body.getByText(users.users[0].name).waitFor();
    assert.match(await page.getByTestId('response-pane').getByTestId('headers-table').innerText(), /application\/json/);
  }
});

test('the request has its headers', async () => {
  await page.getByTestId('tab-request').click();
  assert.match(await page.getByTestId('request-pane').getByTestId('headers-table').innerText(), /User-Agent\s+curl/);
});

test('timing and connection are shown', async () => {
  await page.getByTestId('tab-connection').click();
  await page.getByText('TLS 1.3').first().waitFor();
  await page.getByTestId('tab-timing').click();
  await page.getByText(/TLS/).first().waitFor();
  await page.getByRole('rowheader', { name: 'Blocked' }).waitFor();
  assert.match(await page.getByTestId('wire-sizes').innerText(), /Response body\s+[\d\u202f]+ B\s+[\d\u202f]+ B/);
});

test('text in the filter leaves the rows that match', async () => {
  await page.goto(mitmweb.origin);
  await page.getByTestId('flow-row').first().waitFor();
  await page.getByTestId('filter-input').fill('echo');
  await page.getByTestId('flow-row').filter({ hasText: 'users.json' }).first().waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=flow-row]').length === 1);
  await page.getByTestId('filter-input').fill('');
});

test('dark and light', async () => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await background();
  await page.getByTestId('theme-toggle').click();
  await page.waitForFunction((color) => getComputedStyle(document.body).backgroundColor !== color, before);
  const after_ = await background();

  await page.reload();
  await page.getByTestId('flow-list').waitFor();

  assert.equal(await background(), after_, 'the choice is kept');
});

test('clear empties the list and the session', async () => {
  await page.getByTestId('clear-flows').click();
  await page.getByTestId('flow-row').first().waitFor({ state: 'detached' });
  await page.waitForFunction(async () => (await (await fetch('/api/flows')).json()).total === 0);
});

/** Runs in the page: notes the time of day at which each row is first seen with a status. */
function noteRows() {
  window.completedRows = [];
  const seen = new Set();
  const look = () => {
    for (const row of document.querySelectorAll('[data-testid=flow-row]')) {
      if (!seen.has(row.dataset.flowId) && /\b[1-5]\d\d\b/.test(row.innerText)) {
        seen.add(row.dataset.flowId);
        window.completedRows.push({ text: row.innerText.replaceAll('\n', ''), at: Date.now() });
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
