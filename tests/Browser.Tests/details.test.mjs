// The details of a flow, and copying it as what sends it again. Programs of Go and C# take long to build: MITMWEB_COPY_PROGRAMS=1 runs them, too.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { openDashboard, picture, rows } from './dashboard.mjs';
import { temporaryFolder } from './folder.mjs';

function run(program, args, options = {}, input = '') {
  const ended = promisify(execFile)(program, args, { maxBuffer: 16 * 1024 * 1024, timeout: 120_000, ...options });
  ended.child.stdin.end(input);
  return ended;
}

const folder = temporaryFolder();
const hasAll = process.env.MITMWEB_COPY_PROGRAMS === '1';
const latin1 = (bytes) => Buffer.from(bytes).toString('latin1');

/** Requests that are hard to write down; `kept` is false where browsers and libraries change the path. */
const hard = [
  {
    path: `/quotes?a='"$HOME\`x\`%41&b=!!`,
    headers: { 'X-Quotes': `it's "quoted" %PATH% $HOME \\ ^&|`, 'X-Empty': '', 'X-Twice': ['one', 'two'] },
    kept: false,
  },
  { path: '/a/../b?x[0]={1}', headers: { 'X-Latin': 'gr\u00fcn', Cookie: 'sid=1; theme="dark"' }, kept: false },
  {
    method: 'POST',
    path: '/json',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"O\'Brien $HOME `x` \\n !! %PATH% \\" €"}\nsecond line\té',
  },
  { method: 'PUT', path: '/binary', headers: {}, body: Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256)) },
  {
    method: 'POST',
    path: '/gzip',
    headers: { 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' },
    body: gzipSync('compressed by the client'),
  },
  { method: 'PATCH', path: '/long', headers: { 'Content-Type': 'text/plain' }, body: `@${"it's long ".repeat(20_000)}` },
  { method: 'POST', path: '/empty', headers: { 'Content-Type': 'text/plain' }, body: '' },
  { method: 'DELETE', path: '/nothing', headers: { Accept: 'application/json', 'Accept-Encoding': 'gzip' } },
];

/** Everything that arrived at the server. */
const arrived = [];
let dashboard;
let page;

/** Answers that differ in one number, and what a page of another site asks for. */
const users = (last) => JSON.stringify({ total: last, users: Array.from({ length: 100 }, (_, id) => ({ id, name: `User ${id}` })) });

async function answer(request, response) {
  if (request.url === '/packed') {
    response.setHeader('Content-Type', 'application/msgpack');
    return response.end(Buffer.from('82a7636f6d70616374c3a6736368656d6100', 'hex'));
  }
  if (request.url.startsWith('/users')) {
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Cache-Control': 'public, max-age=3600',
      ETag: `"${request.url.length}"`,
      'Set-Cookie': 'sid=1; Path=/; HttpOnly',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Credentials': 'true',
    });
    return response.end(users(request.url.length));
  }
  const { method, url, rawHeaders } = request;
  const body = await buffer(request);
  // What a browser asks for on its own account is no part of it.
  if (!/^\/(page|favicon)/.test(url)) arrived.push({ method, url, rawHeaders, body });
  response.setHeader('Content-Type', 'application/json');
  response.end(`{"path": ${JSON.stringify(url)}}`);
}

before(async () => {
  dashboard = await openDashboard(answer, { viewport: { width: 1280, height: 800 } });
  ({ page } = dashboard);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  for (const one of hard) await send(one);
  await rows(page, hard.length);
});

after(async () => {
  await dashboard?.close();
  folder.remove();
});

test('copied commands and programs send what was sent', async (t) => {
  const sent = arrived.splice(0);
  await page.getByTestId('flow-list').focus();
  await page.keyboard.press('Control+a');
  await page.getByTestId('selection-bar').waitFor();
  const programs = {
    curl: { key: 'c', run: (text) => run('bash', ['-s'], {}, text), isExact: true },
    curlPowerShell: { key: 'w', run: runPowerShell, isExact: true },
    fetchNode: { key: 'n', run: (text) => run(process.execPath, [file('copied.mjs', text)]) },
    fetchBrowser: { key: 'f', run: runInPage, isBrowser: true },
    python: { key: 'p', run: (text) => run('python3', [file('copied.py', text)]), needs: ['python3', ['-c', 'import requests']] },
    ...(hasAll && {
      go: {
        key: 'g',
        run: (text) => run('go', ['run', file('copied.go', text)], { cwd: folder.path }),
        needs: ['go', ['version']],
        isExact: true,
      },
      csharp: { key: 's', run: runCSharp, isExact: true },
    }),
  };
  for (const [name, program] of Object.entries(programs)) {
    await t.test(name, async (t) => {
      if (program.needs && !(await works(...program.needs))) return t.skip(`${program.needs[0]} is not here`);
      const text = await copied(program.key);
      arrived.length = 0;
      await program.run(text);
      assert.equal(arrived.length, sent.length);
      for (const [i, one] of sent.entries()) same(one, arrived[i], { ...program, isKept: hard[i].kept !== false });
    });
  }
  await page.keyboard.press('Escape');
});

test('several flows are copied as lines of URLs and as one HAR', async () => {
  await page.getByTestId('flow-list').focus();
  await page.keyboard.press('Control+a');
  await page.getByTestId('selection-bar').getByRole('button', { name: 'Copy' }).click();
  await picture(page, 'details-copy-several');
  await page.getByTestId('copy-url').click();
  const urls = await clipboardAfter(/URL of 8 flows/);
  assert.deepEqual(
    urls.split('\n').map((url) => url.replace(/^http:\/\/[^/]*/, '')),
    hard.map(({ path }) => path),
  );
  const { log } = JSON.parse(await copied('j'));
  assert.deepEqual(
    log.entries.map(({ request }) => request.method),
    hard.map(({ method = 'GET' }) => method),
  );
  assert.deepEqual(Buffer.from(log.entries[3].request.postData.text, 'base64'), hard[3].body);
  assert.equal(log.entries[2].response.content.text, '{"path": "/json"}');
  await page.keyboard.press('Escape');
});

test('the menu of a row copies that flow as a raw message', async () => {
  await rowOf('/json').click({ button: 'right' });
  await page.getByTestId('copy-as').click();
  await page.getByTestId('copy-rawRequest').waitFor();
  await picture(page, 'details-copy-menu');
  await page.getByTestId('copy-rawRequest').click();
  const text = await clipboardAfter(/Raw request copied/);
  assert.match(text, /^POST \/json HTTP\/1\.1\r\n/);
  assert.ok(text.endsWith(`\r\n\r\n${hard[2].body}`));
});

test('what is in a message’s head is a table to copy and filter by', async () => {
  for (const path of ['/users?page=1&q=a%20b', '/users?page=2&q=a%20b&more'])
    await send({
      path,
      headers: {
        Origin: 'https://app.example',
        Cookie: 'theme=dark',
        Authorization: `Basic ${btoa('ada:secret')}`,
        'Accept-Encoding': 'gzip',
      },
    });
  await rows(page, hard.length + 2);
  await rowOf('/users?page=1&q=a%20b').click();
  await page.getByTestId('tab-request').click();
  const query = page.getByTestId('request-pane').getByTestId('query-part');
  await query.locator('summary').click();
  await page.getByTestId('authorization-part').locator('summary').click();
  await page.getByTestId('authorization-part').getByText('secret').waitFor();
  await picture(page, 'details-parts');
  await query.getByRole('row', { name: 'q a b' }).hover();
  await query.getByRole('button', { name: 'Copy q' }).click();
  assert.equal(await clipboardAfter(/^Copied$/), 'a b');
  await query.getByRole('row', { name: 'page 1' }).hover();
  await query
    .getByRole('button', { name: /^Show only flows with/ })
    .first()
    .click();
  await rows(page, 1);
  assert.equal(await page.getByTestId('filter-input').inputValue(), 'query:"page=1"');
  await page.getByTestId('filter-input').fill('');
  await rows(page, hard.length + 2);
});

test('insights: caching, compression, security, cookies and CORS in words', async () => {
  await page.getByTestId('tab-insights').click();
  const insight = (id) => page.locator(`[data-testid=insight][data-id=${id}]`);
  await page
    .getByTestId('cache-verdict')
    .getByText(/used for (1 hour|59 minutes \d+ seconds) without asking/)
    .first()
    .waitFor();
  await insight('cache-cookie').waitFor();
  await insight('uncompressed')
    .getByText(/would save \d+ %/)
    .waitFor();
  await insight('http-loopback').waitFor();
  await insight('cors-wildcard-credentials').waitFor();
  await picture(page, 'details-insights');
});

test('a binary format is decoded, and JSON copied as a type', async () => {
  await send({ path: '/packed' });
  await rowOf('/packed').click();
  await page.getByTestId('tab-response').click();
  const body = page.getByTestId('response-pane').getByTestId('body-view');
  await body.getByText('"schema"').waitFor();
  await body.getByText('MessagePack').waitFor();
  await picture(page, 'details-packed');
  await rowOf('/users?page=1&q=a%20b').click();
  await body.getByTestId('body-mode-tree').click();
  await body.getByRole('treeitem').filter({ hasText: 'users' }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Copy as TypeScript type' }).click();
  assert.equal(await clipboardAfter(/TypeScript type copied/), 'export type Users = {\n  id: number;\n  name: string;\n}[];');
  await body.getByTestId('body-mode-pretty').click();
});

test('two flows are compared: the key, the bar of the selection, the menu', async () => {
  await page.getByTestId('flow-list').focus();
  await page.keyboard.press('d');
  await page.getByText(/Flow 9 is kept/).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('d');
  const diff = page.getByTestId('diff');
  await diff.getByText('"total": 26').waitFor();
  assert.match(page.url(), /\/flow\/10\/diff\?with=9$/);
  assert.deepEqual(
    await diff
      .getByTestId('response-body-diff')
      .locator('[data-kind=removed], [data-kind=added]')
      .allInnerTexts()
      .then((all) => all.length),
    2,
  );
  await diff.getByText(/equal lines/).waitFor();
  await picture(page, 'details-diff');
  await diff.getByText('As sent').click();
  await diff.getByText('The same in both').first().waitFor();
  await diff.getByRole('button', { name: 'Stop comparing' }).click();
  await diff.waitFor({ state: 'detached' });

  await rowOf('/binary').click({ modifiers: ['Control'] });
  await page.getByTestId('selection-bar').getByRole('button', { name: 'Compare' }).click();
  await page
    .getByText(/^Only flow 4 has a body, 512 B/)
    .first()
    .waitFor();
  await rowOf('/gzip').click({ button: 'right' });
  await picture(page, 'details-compare-menu');
  await page.getByRole('menuitem', { name: /Compare with flow/ }).click();
  await diff.getByText('Flow 5').waitFor();
  await diff.getByRole('button', { name: 'Stop comparing' }).click();
});

/** The same method, path, headers and bytes; what a client adds of its own is known. */
function same(one, other, { isExact, isBrowser, isKept }) {
  assert.equal(other.method, one.method);
  if (isExact || isKept) assert.equal(other.url, one.url);
  const own = /^(host|connection|content-length|transfer-encoding|keep-alive)$/;
  const added = /^(accept|accept-encoding|accept-language|user-agent|sec-.*|origin|referer|priority|cache-control|pragma)$/;
  const [sent, got] = [headersOf(one), headersOf(other)];
  for (const [name, value] of Object.entries(sent)) {
    if (own.test(name) || (isBrowser && /^(cookie|accept-encoding)$/.test(name))) continue;
    assert.equal(got[name], value, `${one.url}: ${name}`);
  }
  for (const name of Object.keys(got)) assert.ok(name in sent || own.test(name) || added.test(name), `${one.url}: ${name} was not sent`);
  assert.equal(latin1(other.body), latin1(one.body), one.url);
}

function headersOf({ rawHeaders }) {
  const headers = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase();
    headers[name] = name in headers ? `${headers[name]}, ${rawHeaders[i + 1]}` : rawHeaders[i + 1];
  }
  return headers;
}

/** There is no PowerShell here: what it would do with the text is done by hand, and the curl is a real one. */
async function runPowerShell(text) {
  for (const [, file64, config] of text.matchAll(
    /(?:FromBase64String\('([^']*)'\)\)\n)?(?:\$OutputEncoding[^\n]*\n)?@'\n([\s\S]*?)\n'@ \| curl\.exe --config -/g,
  )) {
    if (file64) writeFileSync(join(folder.path, 'mitmweb-body.bin'), Buffer.from(file64, 'base64'));
    await run('curl', ['-sS', '--config', '-'], { cwd: folder.path }, Buffer.from(config, 'latin1'));
  }
}

async function runInPage(text) {
  const other = await dashboard.browser.newPage();
  await other.goto(`http://127.0.0.1:${dashboard.upstream.address().port}/page`);
  await other.evaluate(`(async () => {${text}})()`);
  await other.close();
}

async function runCSharp(text) {
  // As a native program it would want more packages than are needed.
  await run('dotnet', ['run', file('copied.cs', `#:property PublishAot=false\n${text}`)], { cwd: folder.path });
}

function file(name, text) {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

const works = (program, args) =>
  run(program, args).then(
    () => true,
    () => false,
  );

/** What a key of copying puts into the clipboard. */
async function copied(key) {
  await page.evaluate(() => navigator.clipboard.writeText('nothing yet'));
  await page.keyboard.press('c');
  await page.keyboard.press(key);
  for (let tries = 0; tries < 400; tries++) {
    const text = await page.evaluate(() => navigator.clipboard.readText());
    if (text !== 'nothing yet') return text;
    await delay(25);
  }
  throw new Error(`c ${key} copied nothing: ${await page.locator('.mantine-Notifications-root').innerText()}`);
}

async function clipboardAfter(message) {
  await page.getByText(message).waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

const rowOf = (path) => page.locator('[data-testid=flow-row]', { has: page.locator(`span[title="${path}"]`) });

/** One request through the proxy, as it stands: nothing is escaped. */
async function send({ method = 'GET', path, headers = {}, body }) {
  const target = `127.0.0.1:${dashboard.upstream.address().port}`;
  const request = http.request({
    agent: false,
    host: '127.0.0.1',
    port: dashboard.mitmweb.proxyPort,
    method,
    path: `http://${target}${path}`,
    headers: { Host: target, ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }), ...headers },
  });
  request.end(body);
  const [response] = await once(request, 'response');
  await buffer(response);
}
