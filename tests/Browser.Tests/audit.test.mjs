// What an owner does who wants to know how safe his host is: capture it, look at the audit, and try SSL stripping.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser } from './browser.mjs';
import { curl } from './curl.mjs';
import { picture } from './dashboard.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { makeCertificates } from './upstream.mjs';

// Loopback is not judged for plain http, so the plain server is asked by the machine's address in its network, where it has one.
const lan = Object.values(networkInterfaces())
  .flat()
  .find((one) => one.family === 'IPv4' && !one.internal)?.address;

const folder = temporaryFolder();
const upstream = join(folder.path, 'upstream');
let secure;
let plain;
let mitmweb;
let browser;
let page;

before(async () => {
  mkdirSync(upstream, { recursive: true });
  makeCertificates(upstream);
  secure = createSecureServer(
    { key: readFileSync(join(upstream, 'server.key')), cert: readFileSync(join(upstream, 'server.pem')) },
    (request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.setHeader('Set-Cookie', 'session=1; HttpOnly');
      response.setHeader('Strict-Transport-Security', 'max-age=300');
      response.end(
        `<script src="http://cdn.example.net/a.js"></script><a href="https://localhost:${secure.address().port}/next">next</a>${request.headers.host}`,
      );
    },
  ).listen(0, '127.0.0.1');
  plain = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<form action="/login"><input type="password" name="password"></form>');
  }).listen(0, '0.0.0.0');
  await Promise.all([once(secure, 'listening'), once(plain, 'listening')]);
  mitmweb = await start('conf');
  browser = await launchBrowser({ home: join(folder.path, 'home') });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(20_000);
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  secure?.close();
  plain?.close();
  secure?.closeAllConnections();
  plain?.closeAllConnections();
  folder.remove();
});

test('before there is traffic the page says what it will show', async () => {
  await page.goto(mitmweb.dashboard);
  await page.getByRole('link', { name: 'Audit' }).click();

  await page.getByTestId('audit-empty').waitFor();

  assert.equal(new URL(page.url()).pathname, '/audit');
  assert.match(await page.getByTestId('audit-empty').innerText(), /mitmweb audit .*session\.mitmweb/);
  await picture(page, 'audit-empty');
});

test('hosts that were captured have grades, findings and fixes', async () => {
  await curl(mitmweb, `https://localhost:${secure.address().port}/page`);
  if (lan) await curl(mitmweb, `http://${lan}:${plain.address().port}/login`);
  await captured(mitmweb, lan ? 2 : 1);

  await page.getByTestId('audit-again').click();
  await page.getByTestId('audit-host').filter({ hasText: 'localhost' }).click();

  const report = page.getByTestId('audit-report');
  await report.getByRole('heading', { name: 'localhost' }).waitFor();
  await report.getByRole('img', { name: 'Grade D' }).waitFor();
  const findings = await report.getByTestId('audit-finding').evaluateAll((cards) => cards.map((card) => card.dataset.id));
  assert.deepEqual(findings.slice(0, 2), ['mixed-active', 'cookie-not-secure']);
  assert.match(await report.innerText(), /http:\/\/cdn\.example\.net\/a\.js/);
  assert.match(await report.innerText(), /TLS 1\.3/);
  await picture(page, 'audit-https');

  if (lan) {
    await page.getByTestId('audit-host').filter({ hasText: lan }).click();
    await report.getByRole('img', { name: 'Grade F' }).waitFor();
    await report.locator('[data-id="http-password"]').waitFor();
    await picture(page, 'audit-http');
    await page.goBack();
  }
});

test('a finding leads to the flow that shows it, and its address back to the host', async () => {
  const card = page.getByTestId('audit-report').locator('[data-id="mixed-active"]');
  const address = page.url();
  await card.getByRole('link', { name: /^Flow/ }).first().click();
  await page.getByTestId('flow-details').waitFor();
  assert.match(await page.getByTestId('flow-details').getByRole('heading', { level: 2 }).innerText(), /\/page/);

  await page.goto(address);

  await page.getByTestId('audit-report').getByRole('heading', { name: 'localhost' }).waitFor();
});

test('the SSL-strip test has a banner, keeps the client on http, and marks what it changed', async () => {
  const host = `localhost:${secure.address().port}`;
  await page.getByTestId('audit').waitFor();
  assert.equal(await page.getByTestId('ssl-strip-banner').count(), 0);
  const testing = await start('strip', '--ssl-strip', host);
  try {
    const answer = await curl(testing, `http://${host}/page`);
    await captured(testing, 1);
    await page.goto(testing.dashboard);

    await page.getByTestId('ssl-strip-banner').waitFor();
    assert.match(await page.getByTestId('ssl-strip-banner').innerText(), new RegExp(`SSL-strip test.*${host}`));
    assert.match(answer.body, new RegExp(`href="http://${host}/next"`));
    const row = page.getByTestId('flow-row').first();
    await row.getByLabel(/changed by MitmWeb \(ssl-strip\)/).waitFor();
    await row.click();
    await page.getByTestId('modified').waitFor();
    await picture(page, 'audit-strip');
    const audit = await testing.api('/audit');
    assert.deepEqual([audit.hosts.length, audit.modifiedFlows], [0, 1]);
  } finally {
    await testing.stop();
  }
});

function start(name, ...args) {
  return startMitmWeb({ confdir: join(folder.path, name), args, env: { SSL_CERT_FILE: join(upstream, 'upstream-ca.pem') } });
}

/** Waits until so many flows have ended and are stored. */
async function captured(host, count) {
  for (;;) {
    const { flows } = await host.api('/flows?limit=100');
    if (flows.length >= count && flows.every(({ state }) => state === 'done')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
