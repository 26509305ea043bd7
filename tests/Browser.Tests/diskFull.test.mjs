// A disk that is really full: the proxy goes on, the dashboard says why nothing is stored, and when there is room again it is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser } from './browser.mjs';
import { curl } from './curl.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';

const folder = temporaryFolder();
const disk = join(folder.path, 'disk');
const filler = join(disk, 'filler');
const answer = 'x'.repeat(100_000);
let why = '';
let server;

before(async () => {
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    why = `no small disk can be mounted here: ${String(error.stderr || error.message).trim()}`;
  }
  server = createServer((_, response) => response.end(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

after(() => {
  server?.close();
  if (!why) execFileSync('umount', ['-l', disk]);
  folder.remove();
});

test('a full disk is told, holds nobody up, and is over by itself when there is room', async (context) => {
  if (why) return context.skip(why);
  writeFileSync(filler, new Uint8Array(2_000_000));
  const mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), args: ['--session', join(disk, 'full.mitmweb')] });
  const browser = await launchBrowser({ home: join(folder.path, 'home') });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(mitmweb.dashboard);
    const ask = async (path) => {
      const { status, body } = await curl(mitmweb, `http://127.0.0.1:${server.address().port}${path}`);
      assert.deepEqual([status, body.length], [200, answer.length]);
    };
    const problem = async () => (await mitmweb.api('/state')).session.problem;

    for (let number = 0; (await problem()) === null; number++) {
      assert.ok(number < 200, 'The disk did not become full.');
      await ask(`/filling/${number}`);
    }

    await page.getByTestId('store-banner').getByText('no room left').waitFor();
    assert.match(mitmweb.errors, /no room left for the session file .*the proxy goes on/);
    for (let number = 0; number < 5; number++) await ask(`/meanwhile/${number}`);

    rmSync(filler);

    await page.getByTestId('store-banner').waitFor({ state: 'detached' });
    assert.equal(await problem(), null);
    assert.match(mitmweb.errors, /can be written again; 0 flows were not recorded/);
    await ask('/after');
    while ((await mitmweb.api('/flows?filter=path:/after')).total === 0) await delay(50);
    // What came while the disk was full waited in memory.
    assert.equal((await mitmweb.api('/flows?filter=path:/meanwhile')).total, 5);
  } finally {
    await browser.close();
    await mitmweb.stop();
  }
});
