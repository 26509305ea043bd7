// Client certificates on both sides, as the Connection tab shows them: the client's own, and the one that MitmWeb sends to the server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findTestProgram } from '../../scripts/testPrograms.mjs';
import { launchBrowser } from './browser.mjs';
import { curl } from './curl.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { makeCertificates } from './upstream.mjs';

const folder = temporaryFolder();
let server;
let mitmweb;
let browser;
let page;
let seen;

before(async () => {
  makeCertificates(folder.path);
  const files = join(folder.path, 'client-certs');
  mkdirSync(files);
  writeFileSync(join(files, 'localhost.pem'), makeIdentity('mitmweb-at-shop'));
  writeFileSync(join(folder.path, 'me.pem'), makeIdentity('phone-of-ada'));
  const [cert, key] = ['server.pem', 'server.key'].map((name) => readFileSync(join(folder.path, name)));
  server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    seen = request.socket.getPeerCertificate().subject?.CN;
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  mitmweb = await startMitmWeb({
    confdir: join(folder.path, 'conf'),
    args: ['--request-client-cert', '--client-certs', files, '--ssl-verify-host', 'localhost=skip'],
  });
  browser = await launchBrowser({ home: join(folder.path, 'home') });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(20_000);
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  server?.closeAllConnections();
  server?.close();
  folder.remove();
});

test('the certificates that both clients showed are named, and the check that was skipped', async () => {
  const url = `https://localhost:${server.address().port}/`;
  assert.equal((await curl(mitmweb, url, '--cert', join(folder.path, 'me.pem'))).body, 'ok');
  assert.equal(seen, 'mitmweb-at-shop');

  await page.goto(mitmweb.dashboard);
  await page.getByTestId('flow-row').first().click();
  await page.getByTestId('tab-connection').click();
  const row = (await page.getByTestId('fact-clientCertificate').innerText()).split('\t');
  assert.match(row[1], /phone-of-ada/);
  assert.match(row[2], /mitmweb-at-shop/);

  for (const [side, file, name] of [
    ['client', 'me.pem', 'phone-of-ada'],
    ['server', join('client-certs', 'localhost.pem'), 'mitmweb-at-shop'],
  ]) {
    const shown = page.getByTestId(`client-certificate-${side}`);
    await shown.getByText(name).first().click();
    const text = await shown.innerText();
    const args = ['x509', '-in', join(folder.path, file), '-noout', '-fingerprint', '-sha256'];
    const [, fingerprint] = execFileSync(findTestProgram('openssl'), args, { encoding: 'utf8' }).trim().split('=');
    assert.ok(text.includes(fingerprint), text);
  }
  const verdict = await page.getByTestId('verification-server').innerText();
  assert.match(verdict, /this host is not checked \(--ssl-verify-host HOST=skip\)/);
  assert.match(verdict, /not a CA that this machine trusts/);
});

/** A self-signed certificate with its key, as one PEM text. */
function makeIdentity(name) {
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '20', '-subj', `/CN=${name}`];
  const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
  execFileSync(findTestProgram('openssl'), ['req', '-x509', ...ec, ...files], { cwd: folder.path, stdio: ['ignore', 'ignore', 'pipe'] });
  return ['key', 'crt'].map((end) => readFileSync(join(folder.path, `${name}.${end}`), 'utf8')).join('');
}
