// Who gets into the dashboard, and who does not.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser } from './browser.mjs';
import { curl } from './curl.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';

const folder = temporaryFolder();
let mitmweb;
let browser;

before(async () => {
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf') });
  browser = await launchBrowser({ home: join(folder.path, 'home') });
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  folder.remove();
});

for (const address of ['/', '/?token=wrong', '/flows/1']) {
  test(`without the token ${address} is a page that says where it is`, async () => {
    const page = await browser.newPage();

    const response = await page.goto(mitmweb.origin + address);

    assert.equal(response.status(), 401);
    assert.match(await page.innerText('body'), /token/i);
    await page.close();
  });
}

test('the API refuses scripts without the token, and takes it as a bearer', async () => {
  const refused = await fetch(`${mitmweb.origin}/api/state`);
  assert.equal(refused.status, 401);
  assert.match(refused.headers.get('content-type'), /application\/problem\+json/);

  const state = await mitmweb.api('/state');
  assert.equal(state.listeners[0].port, mitmweb.proxyPort);
  assert.equal(state.ca.path, mitmweb.caFile);
  assert.equal(state.session.path, join(mitmweb.confdir, 'session.mitmweb'));
  assert.match(state.ca.fingerprintSha256, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

test('a name that is not ours is refused (DNS rebinding)', async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = { Host: `evil.example:${mitmweb.webPort}`, Authorization: `Bearer ${mitmweb.token}` };
    request({ host: '127.0.0.1', port: mitmweb.webPort, path: '/api/state', headers }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
  assert.ok(status >= 400 && status < 500, `${status}`);
});

test('another site cannot use the cookie', async () => {
  const response = await fetch(`${mitmweb.origin}/api/state`, {
    headers: { Cookie: `mitmweb=${mitmweb.token}`, Origin: 'https://evil.example' },
  });
  assert.ok(response.status >= 400 && response.status < 500, `${response.status}`);
});

test('the dashboard is not reachable through the proxy', async () => {
  const answer = await curl(mitmweb, `${mitmweb.origin}/api/state`, '-H', `Authorization: Bearer ${mitmweb.token}`);
  assert.ok(answer.status >= 400, `${answer.status} ${answer.body}`);
  assert.doesNotMatch(answer.body, /fingerprintSha256/);
});

test('the set-up page is open on the dashboard and through the proxy', async () => {
  const page = await browser.newPage();
  const response = await page.goto(`${mitmweb.origin}/setup`);
  assert.equal(response.status(), 200);
  assert.match(await page.innerText('body'), /certificate/i);
  await page.close();

  const magic = await curl(mitmweb, 'http://mitm.it/');
  assert.equal(magic.status, 200);
  assert.match(magic.body, /certificate/i);
});
