// Clients that do not take MitmWeb's certificate: what a person reads in the dashboard, and the ways out. Real clients do the rejecting.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findTestProgram } from '../../scripts/testPrograms.mjs';
import { launchBrowser } from './browser.mjs';
import { curl } from './curl.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { startUpstream } from './upstream.mjs';

const hello = fileURLToPath(new URL('../Proxy.Tests/Tls/Hellos/curl-http1-tls12.bin', import.meta.url));
const helloName = 'www.example.test';
const folder = temporaryFolder();
let upstream;
let mitmweb;
let browser;
let page;

before(async () => {
  upstream = await startUpstream(join(folder.path, 'upstream'));
  // Lazy: none of the hosts exist, and no name look-up shall be waited for.
  mitmweb = await startMitmWeb({
    confdir: join(folder.path, 'conf'),
    args: ['--connection-strategy', 'lazy'],
    env: { SSL_CERT_FILE: upstream.caFile },
  });
  browser = await launchBrowser({ home: join(folder.path, 'home') });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(20_000);
  await page.goto(mitmweb.dashboard);
  await page.getByTestId('empty-setup').waitFor();
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  await upstream?.stop();
  folder.remove();
});

test('a client without the CA', async () => {
  assert.equal(await failingCurl('https://no-ca.test/', '--cacert', upstream.caFile), 60);

  await banner('does not trust MitmWeb’s CA, which issued the certificate for no-ca.test (unknown_ca)');
  await openFlow('no-ca.test');
  await shows(
    /127\.0\.0\.1 does not trust MitmWeb's CA, which issued the certificate for no-ca\.test \(unknown_ca\)/,
    /Install MitmWeb's CA certificate on this client: open http:\/\/mitm\.it\//,
  );
  assert.equal(await page.getByTestId('install-guide').isVisible(), true);
  assert.equal(await page.getByTestId('pass-host').innerText(), 'Pass no-ca.test through');
  assert.match(await verdict(), /The client did not complete the handshake with it/);
});

test('a client that closes without a word', async () => {
  const socket = connect(mitmweb.proxyPort, '127.0.0.1');
  socket.write(`CONNECT ${helloName}:443 HTTP/1.1\r\nHost: ${helloName}:443\r\n\r\n`);
  await once(socket, 'data');
  socket.write(readFileSync(hello));
  await once(socket, 'data');
  socket.end();

  await banner(`closed the connection during the TLS handshake for ${helloName} without saying why`);
  await openFlow(helloName);
  await shows(/closed the connection during the TLS handshake/, /Most often that means that it does not trust MitmWeb's certificate/);
  assert.equal(await page.getByTestId('install-guide').isVisible(), true);
  assert.equal(await page.getByTestId('pass-host').isVisible(), true);
});

test('a client that speaks TLS 1.0 only', async () => {
  const to = ['-proxy', `127.0.0.1:${mitmweb.proxyPort}`, '-connect', 'old.test:443', '-servername', 'old.test'];
  await ended('openssl', ['s_client', ...to, '-tls1', '-cipher', 'ALL@SECLEVEL=0']);

  await banner('speaks TLS 1.0 at most (for old.test), and MitmWeb takes TLS 1.2 or newer');
  assert.equal(await page.getByTestId('rejection-banner').getByText('Install guide').count(), 0);
  await openFlow('old.test');
  await shows(/speaks TLS 1\.0 at most/, /--tls-version-client-min TLS1 lets it in .* can also be passed through unread/);

  // It never saw a certificate: trusting the CA is no way out.
  assert.equal(await page.getByTestId('install-guide').count(), 0);
  assert.equal(await page.getByTestId('pass-host').innerText(), 'Pass old.test through');
  assert.match(await verdict(), /The client did not get to see it/);
});

test('a client that trusts the CA and pins one host', async () => {
  assert.equal((await curl(mitmweb, `${upstream.http1}/users.json`)).status, 200);
  const pin = `sha256//${Buffer.alloc(32).toString('base64')}`;
  assert.equal(await failingCurl('https://pinned.test/', '--cacert', mitmweb.caFile, '--pinnedpubkey', pin), 90);

  await banner('the app there probably pins its certificate');
  await openFlow('pinned.test');
  await shows(
    /completed the TLS handshake for pinned\.test and then closed the connection without a request, although it accepts MitmWeb's certificates elsewhere: the app there probably pins its certificate/,
    /Pass pinned\.test through unread/,
  );
  assert.equal(await page.getByTestId('install-guide').isVisible(), true);
  assert.match(await verdict(), /The client turned away from it: it completed the handshake and left before a request/);
  assert.doesNotMatch(await verdict(), /accepted/);
});

test('the banner stays away once dismissed, for that client and host', async () => {
  await page.goto(mitmweb.origin);
  const bar = page.getByTestId('rejection-banner');
  assert.match(await bar.innerText(), /pinned\.test.*and 3 more hosts or clients/s);
  await bar.getByLabel('Dismiss').click();
  await bar.waitFor({ state: 'detached' });

  await failingCurl('https://no-ca.test/', '--cacert', upstream.caFile);
  await until(async () => (await mitmweb.api('/state')).rejections[0].host === 'no-ca.test');
  await page.reload();
  await page.getByTestId('flow-row').nth(5).waitFor();
  assert.equal(await bar.count(), 0);

  await failingCurl('https://another.test/', '--cacert', upstream.caFile);
  await banner('the certificate for another.test');
});

test('both ways out work from the banner', async () => {
  const bar = page.getByTestId('rejection-banner');
  await bar.getByText('Install guide').click();
  await page.waitForURL(/\/capture$/);
  await page.goBack();
  await bar.getByText('Pass another.test through').click();
  await bar.waitFor({ state: 'detached' });
  const { passThrough } = await mitmweb.api('/state');
  assert.deepEqual(
    passThrough.hosts.map(({ host }) => host),
    ['another.test'],
  );
});

/** curl through the proxy, expected to fail; its exit code. */
const failingCurl = (url, ...args) => ended('curl', ['-sS', '--max-time', '20', '-x', mitmweb.proxy, ...args, url]);

/** Runs a program without input to its end, however that is. */
function ended(name, args) {
  return new Promise((resolve) => {
    const child = execFile(findTestProgram(name), args, { timeout: 20_000 }, (error) => resolve(error ? error.code : 0));
    child.stdin.end();
  });
}

/** Waits until the banner says this; quotes may be straight or curly. */
const banner = (words) =>
  page
    .getByTestId('rejection-banner')
    .filter({ hasText: new RegExp(words.replace(/[.()]/g, '\\$&').replace('’', "['’]")) })
    .waitFor();

async function until(condition) {
  for (const end = Date.now() + 20_000; Date.now() < end; await delay(50)) if (await condition()) return;
  assert.fail('It did not come to be so in time.');
}

/** Opens the page of the newest flow with a host. */
async function openFlow(host) {
  let flow;
  await until(async () => {
    const { flows } = await mitmweb.api('/flows?limit=50&sort=-id');
    flow = flows.find((one) => one.host === host);
    return flow;
  });
  assert.equal(flow.kind, 'tls');
  await page.goto(`${mitmweb.origin}/flow/${flow.id}`);
}

/** The card of the flow's error: what happened, and what helps. */
async function shows(happened, helps) {
  const text = await page.getByRole('note').innerText();
  assert.match(text, happened);
  assert.match(text, helps);
}

async function verdict() {
  await page.getByTestId('tab-connection').click();
  return page.getByTestId('verification-client').innerText();
}
