// Chromium, with the CA trusted the way a user does it, browses through the proxy.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser, trustCertificate } from './browser.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { startUpstream, users } from './upstream.mjs';

const folder = temporaryFolder();
let upstream;
let mitmweb;

before(async () => {
  upstream = await startUpstream(join(folder.path, 'upstream'));
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), env: { SSL_CERT_FILE: upstream.caFile } });
});

after(async () => {
  await mitmweb?.stop();
  await upstream?.stop();
  folder.remove();
});

/** A browser that sends everything through the proxy, loopback too. What it asks its maker for goes nowhere. */
const proxied = (home) =>
  launchBrowser({
    home: join(folder.path, home),
    args: [
      `--proxy-server=${mitmweb.proxy}`,
      '--proxy-bypass-list=<-loopback>',
      '--gaia-url=http://127.0.0.1:9',
      '--component-updater=url-source=http://127.0.0.1:9',
    ],
  });

test('with the CA trusted, pages load over HTTP/1.1 and HTTP/2 without warnings', async () => {
  trustCertificate(join(folder.path, 'trusting'), mitmweb.caFile);
  const browser = await proxied('trusting');
  try {
    for (const [server, version] of [
      [upstream.http2, 'HTTP/2'],
      [upstream.http1, 'HTTP/1.1'],
    ]) {
      const page = await browser.newPage();
      const problems = [];
      page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));
      page.on('requestfailed', (request) => problems.push(`${request.url()}: ${request.failure().errorText}`));

      const response = await page.goto(`${server}/index.html`);
      await page.waitForFunction((name) => document.title === name, users.users[0].name);

      assert.equal(response.status(), 200);
      assert.match((await response.securityDetails()).issuer, /mitmweb/);
      assert.deepEqual(problems, []);
      await page.close();

      const { flows } = await mitmweb.api(`/flows?filter=${new URL(server).port}&limit=100`);
      const paths = flows.filter((flow) => flow.status === 200).map((flow) => flow.path);
      for (const path of ['/index.html', '/style.css', '/script.js', '/pixel.png', '/users.json']) {
        assert.equal(paths.filter((one) => one === path).length, 1, `${path} once: ${paths}`);
      }
      assert.ok(
        flows.every((flow) => flow.serverHttpVersion === null || flow.serverHttpVersion === version),
        JSON.stringify(flows.map((flow) => flow.serverHttpVersion)),
      );
    }
  } finally {
    await browser.close();
  }
});

test('without it the browser warns, the flow says why, and the host can be passed through', async () => {
  // It trusts the server's own CA, so that the page loads once nobody stands between.
  trustCertificate(join(folder.path, 'distrusting'), upstream.caFile);
  const browser = await proxied('distrusting');
  const watching = await launchBrowser({ home: join(folder.path, 'watching') });
  try {
    const page = await browser.newPage();
    await assert.rejects(page.goto(`${upstream.http1}/distrusted.html`), /ERR_CERT_AUTHORITY_INVALID/);
    const rejected = await eventually(
      (flow) => flow.kind === 'tls' && flow.host === 'localhost' && /TLS handshake|certificate/.test(flow.error),
    );
    const dashboard = await watching.newPage();
    await dashboard.goto(mitmweb.dashboard);
    await dashboard.goto(`${mitmweb.origin}/flow/${rejected.id}`);
    await dashboard.getByTestId('pass-host').click();
    await dashboard.getByText('localhost is passed through from its next connection on.').waitFor();

    const response = await page.goto(`${upstream.http1}/index.html`);
    assert.equal(response.status(), 200);
    assert.match((await response.securityDetails()).issuer, /Upstream test CA/);
    await page.close();
    await eventually((flow) => flow.kind === 'passedThrough' && flow.state !== 'pending');

    await dashboard.goto(`${mitmweb.origin}/capture`);
    await dashboard.getByRole('button', { name: 'Intercept localhost again' }).click();
    await dashboard.getByTestId('passed-host').waitFor({ state: 'detached' });
    assert.deepEqual((await mitmweb.api('/state')).passThrough.hosts, []);
  } finally {
    await watching.close();
    await browser.close();
  }
});

/** The first flow that is like that, once there is one. */
async function eventually(isWanted) {
  for (const patience = Date.now() + 30_000; ; await delay(50)) {
    const { flows } = await mitmweb.api('/flows?limit=1000');
    const found = flows.find(isWanted);
    if (found) return found;
    const seen = flows.map(({ kind, host, path, state, error }) => ({ kind, host, path, state, error }));
    assert.ok(Date.now() < patience, JSON.stringify(seen.slice(-5)));
  }
}
