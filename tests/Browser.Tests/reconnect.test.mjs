// The dashboard outlives the host: no reload, no gap, nothing twice.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser } from './browser.mjs';
import { curl } from './curl.mjs';
import { rows } from './dashboard.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { freePorts, startUpstream } from './upstream.mjs';

const folder = temporaryFolder();
const confdir = join(folder.path, 'conf');
let upstream;
let mitmweb;
let browser;

before(async () => {
  upstream = await startUpstream(join(folder.path, 'upstream'));
  browser = await launchBrowser({ home: join(folder.path, 'home') });
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  await upstream?.stop();
  folder.remove();
});

test('a host that is killed and started again is found, and the list is complete', async () => {
  const [proxyPort, webPort] = await freePorts(2);
  const args = ['--listen-port', String(proxyPort), '--web-port', String(webPort), '--web-password', 'the same'];
  const start = () => startMitmWeb({ confdir, args, env: { SSL_CERT_FILE: upstream.caFile } });
  mitmweb = await start();
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(mitmweb.dashboard);
  await page.evaluate(() => {
    window.neverReloaded = true;
  });
  await send('before', 3);
  await rows(page, 3);

  await mitmweb.stop('SIGKILL');
  await page.getByTestId('connection-banner').waitFor();
  assert.equal(await page.getByTestId('flow-row').count(), 3, 'the rows stay while there is no connection');

  mitmweb = await start();
  await send('after', 3);
  await rows(page, 6);

  await page.getByTestId('connection-banner').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => window.neverReloaded), true);
  const ids = await page.getByTestId('flow-row').evaluateAll((all) => all.map((row) => Number(row.dataset.flowId)));
  assert.deepEqual(
    ids,
    [...new Set(ids)].sort((a, b) => a - b),
  );
  const { flows } = await mitmweb.api('/flows');
  assert.deepEqual(
    flows.map((flow) => flow.path),
    ['/before0', '/before1', '/before2', '/after0', '/after1', '/after2'].map((path) => `/users.json?${path.slice(1)}`),
  );

  async function send(name, count) {
    for (let i = 0; i < count; i++) {
      assert.equal((await curl(mitmweb, `${upstream.http1}/users.json?${name}${i}`)).status, 200);
    }
  }
});
