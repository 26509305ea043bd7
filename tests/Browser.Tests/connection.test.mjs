// The Connection tab: both handshakes of a flow, as a person sees them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findTestProgram } from '../../scripts/testPrograms.mjs';
import { launchBrowser } from './browser.mjs';
import { curl } from './curl.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { startUpstream } from './upstream.mjs';

const folder = temporaryFolder();
let upstream;
let mitmweb;
let browser;
let page;
let flow;

before(async () => {
  upstream = await startUpstream(join(folder.path, 'upstream'));
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), env: { SSL_CERT_FILE: upstream.caFile } });
  const answer = await curl(mitmweb, `${upstream.http2}/users.json`);
  assert.equal(answer.status, 200);
  browser = await launchBrowser({ home: join(folder.path, 'home') });
  page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, acceptDownloads: true });
  page.setDefaultTimeout(20_000);
  await page.goto(mitmweb.dashboard);
  await page.getByTestId('flow-row').first().click();
  await page.getByTestId('tab-connection').click();
  await page.getByTestId('connection-table').waitFor();
  const { flows } = await mitmweb.api('/flows?limit=1');
  flow = await mitmweb.api(`/flows/${flows[0].id}`);
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  await upstream?.stop();
  folder.remove();
});

const fact = async (id) => (await page.getByTestId(`fact-${id}`).innerText()).split(/\t/).map((text) => text.trim());

test('both sides stand next to each other', async () => {
  const { tls: client } = flow.clientConnection;
  const { tls: server } = flow.serverConnection;
  for (const [id, left, right] of [
    ['version', client.version, server.version],
    ['cipher', client.cipherSuite, server.cipherSuite],
    ['group', client.keyExchangeGroup, server.keyExchangeGroup],
    ['alpn', 'h2', 'h2'],
    ['session', 'new', 'new'],
    ['ja4', client.clientHello.ja4, server.clientHello.ja4],
    ['ja3', client.clientHello.ja3, server.clientHello.ja3],
  ]) {
    const [, shownLeft, shownRight] = await fact(id);
    assert.ok(left && right, id);
    assert.ok(shownLeft.includes(left) && shownRight.includes(right), `${id}: ${shownLeft} | ${shownRight}`);
  }
  assert.match(client.clientHello.ja4, /^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/);
});

test('the chain is listed with what the check came to', async () => {
  const verdict = await page.getByTestId('verification-server').innerText();
  assert.match(verdict, /Trusted: the chain leads to “Upstream test CA”/);
  assert.match(verdict, /known to this machine/);
  const chain = page.getByTestId('chain-server');
  assert.equal(await chain.getByTestId('certificate').count(), flow.serverConnection.tls.certificates.length);
  assert.match(await chain.innerText(), /CN=localhost/);
  assert.match(await page.getByTestId('verification-client').innerText(), /The client accepted it/);
});

test('the hello opens into its extensions with their names', async () => {
  const hello = page.getByTestId('client-hello-client');
  assert.equal(await hello.getByText('supported_groups').isVisible(), false);
  await hello.getByText('ClientHello').click();
  await hello.getByText('supported_groups').waitFor();
  const text = await hello.innerText();
  for (const name of [
    'TLS_AES_256_GCM_SHA384',
    'supported_versions',
    'key_share',
    'x25519 (32 bytes)',
    'localhost',
    flow.clientConnection.tls.clientHello.ja3Full,
  ])
    assert.ok(text.includes(name), name);
});

test('the chain is downloaded as PEM that openssl reads', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('chain-server').getByText('Download chain').click(),
  ]);
  const file = join(folder.path, 'chain.pem');
  await download.saveAs(file);

  assert.equal(download.suggestedFilename(), 'localhost-chain.pem');
  const fingerprint = execFileSync(findTestProgram('openssl'), ['x509', '-in', file, '-noout', '-fingerprint', '-sha256'], {
    encoding: 'utf8',
  });
  assert.ok(fingerprint.includes(flow.serverConnection.tls.certificates[0].fingerprintSha256), fingerprint);
  assert.match(readFileSync(file, 'utf8'), /BEGIN CERTIFICATE/);
});
