// The viewers of bodies, and bodies that mean harm.
// Long bodies, and what was measured with them: MITMWEB_BODY_MIB=500 node --test --test-timeout=900000 bodies.test.mjs
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { createGzip, gzipSync } from 'node:zlib';
import { launchBrowser } from './browser.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';

const folder = temporaryFolder();
/** Where pictures are left for people to look at; none without. */
const pictures = process.env.MITMWEB_PICTURES;
const MiB = 1024 * 1024;
/** A long text; with many more of it, what takes how long is said. */
const longMiB = Number(process.env.MITMWEB_BODY_MIB ?? 8);
const deep = 100_000;
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'Ada', exp: 4_000_000_000 })}.c2lnbmF0dXJl`;
const font = '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf';

/** 64 MiB of zeros, 160 times one after the other: 10 GiB from less than 100 kB that are sent. */
const bomb = () => gzipSync(Buffer.concat(Array(160).fill(gzipSync(Buffer.alloc(64 * MiB)))));
/** They call the server they came from, which ORIGIN stands for. */
const evilPage = `<!doctype html><meta http-equiv=refresh content="0;url=ORIGIN/leak?refresh"><h1>Still here</h1>
<script>top.document.title='owned'; fetch('ORIGIN/leak?fetch'); new Image().src='ORIGIN/leak?script'</script>
<img src="ORIGIN/leak?img" onerror="top.location='ORIGIN/leak?top'"><link rel=stylesheet href="ORIGIN/leak?css"><iframe src="ORIGIN/leak?frame"></iframe>
<form action="ORIGIN/leak?form"><button autofocus>Send</button></form><a href="ORIGIN/leak?ping" ping="ORIGIN/leak?ping">x</a>`;
const evilSvg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" onload="top.document.title='owned'">
<script>top.document.title='owned'; fetch('ORIGIN/leak?svg')</script><image href="ORIGIN/leak?svgimage" width="9" height="9"/>
<rect width="40" height="30" fill="teal"/></svg>`;
const users = {
  total: 2,
  users: [
    { id: 1, name: 'Ada Lovelace', roles: ['admin'] },
    { id: 12345678901234567890n, name: 'Grace "Amazing" Hopper' },
  ],
};
const json = JSON.stringify(users, (_, value) => (typeof value === 'bigint' ? `\u0000${value}` : value)).replace(/"\\u0000(\d+)"/g, '$1');
/** A JPEG with nothing but Exif in it would not be shown; this PNG of 2 × 2 has it as a chunk. */
const picture = withExif(
  Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxAADTAwMDAwAESMBBZi3QYkAAAAASUVORK5CYII=', 'base64'),
);
const pdf = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj
trailer<</Root 1 0 R>>`;

const bodies = {
  '/users.json': ['application/json', json],
  '/malformed.json': ['application/json', '{"a": [1, 2,, 3]'],
  '/deep.json': ['application/json', '['.repeat(deep) + ']'.repeat(deep)],
  '/deep.xml': ['application/xml', '<a>'.repeat(deep)],
  '/page.html': ['text/html', evilPage],
  '/evil.svg': ['image/svg+xml', evilSvg],
  '/style.css': ['text/css', 'a:hover,b{color:red;margin:0 auto}@media print{p{top:1px}}'],
  '/script.js': ['text/javascript', 'const a=1;function f(x){if(x<2){return[1,2]}else{g("}")}}'],
  '/feed.xml': ['application/xml', '<?xml version="1.0"?><feed><entry id="1"><title>One</title></entry></feed>'],
  '/list.csv': ['text/csv', 'id,name\r\n1,"Ada, the first"\r\n2,Grace\r\n'],
  '/picture.png': ['image/png', picture],
  '/document.pdf': ['application/pdf', pdf],
  '/token.txt': ['text/plain', jwt],
  '/base64.txt': ['text/plain', Buffer.from('{"secret": "inside base64"}').toString('base64')],
  '/archive.gz': ['application/gzip', gzipSync('found inside gzip')],
  '/binary.bin': ['application/octet-stream', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 256))],
};
bodies['/medium.json'] = [
  'application/json',
  JSON.stringify({
    path: '/medium.json',
    items: Array.from({ length: 8000 }, (_, id) => ({ id, name: `Item ${id}`, tags: ['one', 'two'], price: id * 1.25, on: id % 2 === 0 })),
  }),
];
bodies['/medium.html'] = [
  'text/html',
  `<!doctype html><html><title>/medium.html</title><body>${'<div class="a"><p>Some <b>text</b> and more</p><ul><li>1</li><li>2</li></ul></div>'.repeat(9000)}</body></html>`,
];
bodies['/medium.js'] = [
  'text/javascript',
  `var path="/medium.js";${'function f(a,b){if(a<b){return[a,b]}else{g("}",{a:1,b:2})}}'.repeat(12_000)}`,
];
if (existsSync(font)) bodies['/font.ttf'] = ['font/ttf', readFileSync(font)];

const leaks = [];
let upstream;
let mitmweb;
let browser;
let page;

before(async () => {
  upstream = http.createServer(serve).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf') });
  for (const path of Object.keys(bodies)) await send(path);
  await send('/bomb');
  await send('/long.txt');
  await send('/long.txt?gzip');
  await send('/form?q=a%20b&q=c', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: `Bearer ${jwt}`,
      Cookie: 'sid=1; theme=dark',
    },
    body: 'name=Ada%20L&name=Grace&empty=',
  });
  await send('/upload', {
    method: 'POST',
    headers: { 'Content-Type': 'multipart/form-data; boundary=XX' },
    body: '--XX\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n--XX\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/x-thing\r\n\r\n\u0000\u0001\u0002\r\n--XX--\r\n',
  });
  browser = await launchBrowser({ home: join(folder.path, 'home') });
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, colorScheme: 'light' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(mitmweb.dashboard);
  const count = Object.keys(bodies).length + 5;
  await page.waitForFunction((wanted) => document.querySelectorAll('[data-testid=flow-row]').length >= wanted, Math.min(count, 20));
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  upstream?.close();
  upstream?.closeAllConnections();
  folder.remove();
});

test('JSON: formatted with its numbers as sent, as a tree with paths, as a table', async () => {
  const body = await open('/users.json');
  await body.getByText('12345678901234567890').waitFor();
  await shot('pretty');
  await mode('tree');
  const path = page.getByTestId('json-path');
  await path.fill('$..users[?@.id > 1].name');
  await body.getByRole('treeitem').getByText('Grace').waitFor();
  await body.getByRole('status').getByText('1 value').waitFor();
  await body.getByRole('treeitem').hover();
  await body.getByRole('treeitem').getByRole('button', { name: 'Copy path' }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '$.users[1].name');
  await path.fill('$..users[?');
  await body.getByText(/^Expected .* at character 11/).waitFor();
  await path.fill('');
  await shot('tree');
  await mode('table');
  await body.getByRole('cell', { name: 'Ada Lovelace' }).waitFor();
  await shot('table');
  await mode('pretty');
});

test('what is malformed, too deep or a bomb is shown as it is, with the reason', async () => {
  const told = async (path, text) => {
    const body = await open(path);
    await body.getByTestId('body-warning').getByText(text).waitFor();
    return body;
  };
  const malformed = await told('/malformed.json', /Not valid JSON, shown as it is/);
  await malformed.locator('.cm-line', { hasText: '[1, 2,, 3]' }).waitFor();
  await shot('malformed');
  await told('/deep.json', /Nested 100,000 levels deep/);
  await mode('tree');
  await page
    .getByTestId('response-pane')
    .getByText(/Nested 100,000 levels deep/)
    .waitFor();
  await mode('pretty');
  await told('/deep.xml', /levels deep/);
  const bytes = await told('/bomb', /a decompression bomb/);
  await bytes.getByTestId('body-hex').getByText('1f 8b').waitFor();
  await shot('bomb');
});

test('a page and a picture full of scripts run and load nothing', async () => {
  const body = await open('/page.html');
  await mode('preview');
  await body.getByTestId('body-page').contentFrame().getByText('Still here').waitFor();
  await shot('page');
  await mode('pretty');
  await body.getByText('<h1>Still here</h1>').waitFor();
  const svg = await open('/evil.svg');
  await svg.getByText('40 × 30').waitFor();
  await svg.getByText('It has scripts, which are not run.').waitFor();
  await shot('svg');
  // The same when somebody opens what the frame shows on its own.
  const { id } = await flow('/page.html');
  const alone = await page.context().newPage();
  await alone.goto(`${mitmweb.origin}/api/flows/${id}/response/body?as=html&decoded=true`);
  await alone.getByText('Still here').waitFor();
  assert.equal(await alone.evaluate(() => self.origin), 'null');
  await alone.close();
  assert.doesNotMatch(await page.title(), /owned/);
  assert.deepEqual(leaks, []);
});

test('code is set out in lines and can be folded', async () => {
  const css = await open('/style.css');
  await css.getByText('margin: 0 auto').waitFor();
  const script = await open('/script.js');
  await script.locator('.cm-line', { hasText: /^ {4}return\s?\[1, ?2\]$/ }).waitFor();
  await shot('code');
  const xml = await open('/feed.xml');
  await xml.locator('.cm-line', { hasText: '    <title>One</title>' }).waitFor();
  await xml.locator('.cm-foldGutter [title="Fold line"]').first().click();
  await xml.locator('.cm-foldPlaceholder').waitFor();
});

test('tables of forms, files and CSV; what is in the head in words', async () => {
  const csv = await open('/list.csv');
  await csv.getByRole('cell', { name: 'Ada, the first' }).waitFor();
  await open('/upload');
  await page.getByTestId('tab-request').click();
  const sent = page.getByTestId('request-pane');
  await sent.getByRole('cell', { name: 'a.bin' }).waitFor();
  await sent.getByText('hello').waitFor();
  await shot('multipart');
  await (await reveal('/form?q=a%20b&q=c')).click();
  await sent.getByRole('cell', { name: 'Ada L' }).waitFor();
  await sent.getByTestId('authorization-part').locator('summary').click();
  await sent.getByTestId('jwt').getByText('"sub": "Ada"').waitFor();
  await sent.getByTestId('query-part').locator('summary').click();
  await sent.getByTestId('query-part').getByText('a b', { exact: true }).waitFor();
  await sent.getByTestId('cookies-part').locator('summary').click();
  await sent.getByTestId('cookies-part').getByText('theme').waitFor();
  await sent.getByTestId('headers-table').getByText('Authorization', { exact: true }).hover();
  await page.getByRole('tooltip').getByText('What proves who the client is.').waitFor();
  await shot('head');
  await page.getByTestId('tab-response').click();
});

test('pictures, documents, fonts and bytes', async () => {
  const image = await open('/picture.png');
  await image.getByText('2 × 2').waitFor();
  await image.getByText('Analytical Engine').waitFor();
  await shot('image');
  const document = await open('/document.pdf');
  await document.getByTestId('body-pdf').or(document.getByText('This browser does not show PDF documents')).first().waitFor();
  if (bodies['/font.ttf']) {
    const face = await open('/font.ttf');
    await face
      .getByTestId('body-font')
      .getByText(/Sphinx/)
      .first()
      .waitFor();
    await shot('font');
  }
  const bytes = await open('/binary.bin');
  await bytes.getByText('00 07 0e 15 1c 23 2a 31').first().waitFor();
  await shot('hex');
});

test('what is encoded within a body is decoded', async () => {
  const token = await open('/token.txt');
  await token.getByTestId('jwt').getByText('"sub": "Ada"').waitFor();
  await token.getByText(/the signature is not checked/).waitFor();
  const base64 = await open('/base64.txt');
  await base64.getByText('inside base64').waitFor();
  const gzip = await open('/archive.gz');
  await gzip.getByText('found inside gzip').waitFor();
  await shot('decoded');
});

test('a long body opens at once, is read by ranges and searched from end to end', async (context) => {
  for (const path of ['/long.txt', '/long.txt?gzip']) {
    const row = await reveal(path);
    const began = performance.now();
    await row.click();
    const body = page.getByTestId('response-pane').getByTestId('body-view');
    const rows = body.getByTestId('body-rows');
    await rows.getByText('line 0 of', { exact: false }).first().waitFor();
    context.diagnostic(`${path}: first screen after ${Math.round(performance.now() - began)} ms`);
    await page.locator(`[data-testid=body-rows][data-rows="${lines}"]`).waitFor({ timeout: 300_000 });
    context.diagnostic(`${path}: all rows known after ${Math.round(performance.now() - began)} ms`);
    await rows.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    const ended = performance.now();
    await rows.getByText(`line ${lines - 1} of`).waitFor({ timeout: 300_000 });
    context.diagnostic(`${path}: the end after ${Math.round(performance.now() - ended)} ms`);
    await rows.focus();
    await page.keyboard.press('Control+f');
    const searched = performance.now();
    await page
      .getByTestId('find-bar')
      .getByRole('textbox')
      .fill(`line ${lines - 2} of`);
    await page.getByTestId('find-count').getByText('1 of 1').waitFor({ timeout: 300_000 });
    context.diagnostic(`${path}: a text found after ${Math.round(performance.now() - searched)} ms`);
    await rows
      .locator('mark[data-current=true]')
      .getByText(`line ${lines - 2} of`)
      .waitFor();
    const matched = performance.now();
    await page.getByTestId('find-bar').getByRole('button', { name: 'Regular expression' }).click();
    await page.getByTestId('find-bar').getByRole('textbox').fill('^line \\d*77 of');
    const count = Math.floor((lines - 78) / 100) + 1;
    // Thousands are set apart in the way of the browser's language.
    const told = new RegExp(`^1 of ${[...String(count)].join('\\D?')}$`);
    await page.getByTestId('find-count').getByText(told).waitFor({ timeout: 300_000 });
    context.diagnostic(`${path}: a pattern counted after ${Math.round(performance.now() - matched)} ms`);
    await rows.locator('mark[data-current=true]').getByText('line 77 of').waitFor();
    await page.keyboard.press('Shift+Enter');
    await page.getByTestId('find-bar').getByRole('textbox').press('Enter');
    await shot('long');
    await page.getByTestId('find-bar').getByRole('textbox').press('Escape');
    await mode('hex');
    await body.getByTestId('body-hex').getByText('6c 69 6e 65 20 30').waitFor();
    await mode('raw');
  }
});

test('details of bodies under 1 MB follow the choice of a row', { skip: !process.env.MITMWEB_BODY_MIB }, async (context) => {
  await page.getByTestId('filter-input').fill('path:"/medium"');
  for (const path of ['/medium.json', '/medium.html', '/medium.js', '/medium.json', '/medium.html', '/medium.js']) {
    await rowOf(path).waitFor();
    const times = await rowOf(path).evaluate(async (row, wanted) => {
      const began = performance.now();
      const seen = (selector, text) =>
        new Promise((resolve) => {
          const look = () => {
            const found = [...document.querySelectorAll(selector)].some((element) => element.textContent.includes(text));
            // What is in the document now is on screen with the next frame.
            requestAnimationFrame(found ? () => resolve(performance.now() - began) : look);
          };
          look();
        });
      row.click();
      const head = seen('[data-testid=flow-details] h2', wanted);
      const text = seen('[data-testid=body-code] .cm-line', wanted);
      return {
        head: await head,
        text: await text,
        formatted: await text.then(() => seen('[data-testid=body-code] .cm-line:nth-child(4)', '')),
      };
    }, path);
    context.diagnostic(
      `${path}: ${Object.entries(times)
        .map(([name, ms]) => `${name} ${Math.round(ms)} ms`)
        .join(', ')}`,
    );
    assert.ok(times.formatted > 0);
  }
});

test('find in a formatted body marks what the server found', async () => {
  const body = await open('/users.json');
  await body.getByRole('button', { name: /^Find in the body/ }).click();
  const find = page.getByTestId('find-bar').getByRole('textbox');
  await find.fill('"id":\\d+');
  await page.getByTestId('find-bar').getByRole('button', { name: 'Regular expression' }).click();
  await page.getByTestId('find-count').getByText('1 of 2').waitFor();
  await find.press('Enter');
  await page.getByTestId('find-count').getByText('2 of 2').waitFor();
  assert.match(await body.locator('.cm-foundCurrent').first().textContent(), /"id"/);
  await shot('find');
  await find.fill('(');
  await page
    .getByTestId('find-bar')
    .getByRole('alert')
    .getByText(/The regular expression cannot be read/)
    .waitFor();
  await find.press('Escape');
});

test('the same in the dark', async () => {
  if (!pictures) return;
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const [path, modes] of [
    ['/users.json', ['pretty', 'tree', 'table']],
    ['/page.html', ['preview', 'pretty']],
    ['/script.js', ['pretty']],
    ['/long.txt', ['raw', 'hex']],
    ['/picture.png', ['preview']],
    ['/token.txt', ['decoded']],
  ]) {
    await open(path);
    for (const one of modes) {
      if (modes.length > 1) await mode(one);
      await page.getByText('Loading the body…').waitFor({ state: 'detached' });
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      await shot(`dark-${path.slice(1).replace('.', '-')}-${one}`);
    }
  }
});

const textOf = (from, to) => {
  let text = '';
  for (let i = from; i < to; i++)
    text += `line ${i} of a log that goes on and on, grün, 12:00:${i % 60} GET /item/${(i * 7919) % 1000} 200\n`;
  return text;
};
const lines = Math.round((longMiB * MiB) / 76);

function* longText() {
  for (let i = 0; i < lines; i += 10_000) yield Buffer.from(textOf(i, Math.min(i + 10_000, lines)));
}

function serve(request, response) {
  const { url } = request;
  if (url.startsWith('/leak')) leaks.push(url);
  const known = bodies[url];
  if (known) {
    response.setHeader('Content-Type', known[0]);
    response.setHeader('Set-Cookie', 'id=7; Path=/; HttpOnly');
    const origin = `http://127.0.0.1:${upstream.address().port}`;
    return response.end(typeof known[1] === 'string' ? known[1].replaceAll('ORIGIN', origin) : known[1]);
  }
  if (url === '/bomb') {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip, gzip' });
    return response.end(bomb());
  }
  if (url.startsWith('/long.txt')) {
    const zipped = url.endsWith('gzip');
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', ...(zipped ? { 'Content-Encoding': 'gzip' } : {}) });
    const source = Readable.from(longText());
    return pipeline(zipped ? [source, createGzip({ level: 1 }), response] : [source, response]).catch(() => {});
  }
  request.resume().on('end', () => response.end('ok'));
}

function send(path, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const address = `http://127.0.0.1:${upstream.address().port}${path}`;
    http
      .request({ host: '127.0.0.1', port: mitmweb.proxyPort, path: address, method, headers }, (response) => {
        response.resume().on('end', resolve);
      })
      .on('error', reject)
      .end(body);
  });
}

const rowOf = (path) => page.locator('[data-testid=flow-row]', { has: page.locator(`span[title="${path}"]`) });

/** Only the flow of a path is in the list, so that its row is on screen. */
async function reveal(path) {
  await page.getByTestId('filter-input').fill(`path:"${path.split('?')[0]}"`);
  const row = rowOf(path);
  await row.waitFor();
  return row;
}

async function open(path) {
  const row = await reveal(path);
  // A click on the row that is chosen closes its details.
  if ((await row.getAttribute('aria-selected')) !== 'true') await row.click();
  await page.getByTestId('flow-details').getByRole('heading', { name: path }).waitFor();
  const body = page.getByTestId('response-pane').getByTestId('body-view');
  await body.waitFor();
  return body;
}

async function flow(path) {
  const { flows } = await mitmweb.api('/flows');
  return flows.find((one) => one.path === path);
}

async function mode(name) {
  await page.getByTestId('response-pane').getByTestId(`body-mode-${name}`).click();
}

async function shot(name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `bodies-${name}.png`) });
}

/** A PNG with an eXIf chunk that names the camera's model. */
function withExif(png) {
  const model = Buffer.from('Analytical Engine\0');
  const tiff = Buffer.alloc(26 + model.length);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  tiff.writeUInt16LE(0x0110, 10);
  tiff.writeUInt16LE(2, 12);
  tiff.writeUInt32LE(model.length, 14);
  tiff.writeUInt32LE(26, 18);
  model.copy(tiff, 26);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(tiff.length, 0);
  head.write('eXIf', 4, 'latin1');
  // Its check sum is left out: browsers pass over a chunk of this kind whose sum is wrong.
  const afterHeader = 33;
  return Buffer.concat([png.subarray(0, afterHeader), head, tiff, Buffer.alloc(4), png.subarray(afterHeader)]);
}
