// Scrolling a long list by wheel and by jumps, while the browser counts its frames and its long tasks.
// The long form, with figures that mean something: MITMWEB_VIEW_SESSION=FILE, a session of a million flows. MITMWEB_VIEW_WATERFALL=1 shows the waterfall.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser } from './browser.mjs';
import { watchLongTasks } from './dashboard.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { someSession } from './session.mjs';

const seconds = Number(process.env.MITMWEB_VIEW_SECONDS ?? 1);
const folder = temporaryFolder();
let mitmweb;
let browser;
let page;

before(async () => {
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), args: ['--session', someSession(folder.path, 20000)] });
  browser = await launchBrowser({ home: join(folder.path, 'home') });
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await watchLongTasks(page);
  await page.goto(mitmweb.dashboard);
  await page.getByTestId('flow-row').first().waitFor();
  if (process.env.MITMWEB_VIEW_WATERFALL) {
    await page.keyboard.press('w');
    await page.getByTestId('waterfall').waitFor();
  }
});

after(async () => {
  await browser?.close();
  await mitmweb?.stop();
  folder.remove();
});

test('by wheel, row after row', { timeout: 60_000 + 4000 * seconds }, async (context) => {
  await page.getByTestId('flow-list').hover();
  await report(context, async () => {
    for (const until = performance.now() + seconds * 1000; performance.now() < until; ) await page.mouse.wheel(0, -120);
  });
});

test('by the scroll bar, to places far away', { timeout: 60_000 + 4000 * seconds }, async (context) => {
  await report(context, async () => {
    // Each frame another place, as when somebody drags the bar.
    await page.getByTestId('flow-list').evaluate(async (list, seconds) => {
      const end = list.scrollHeight - list.clientHeight;
      const start = performance.now();
      for (let now = start; now < start + seconds * 1000; now = await new Promise(requestAnimationFrame)) {
        list.scrollTop = end * (1 - (now - start) / (seconds * 1000));
      }
    }, seconds);
  });
});

/** Counts what is drawn while something goes on; afterwards all rows on screen must be there. */
async function report(context, work) {
  await page.evaluate(() => {
    window.longTasks.length = 0;
    window.frames = [];
    window.counting = true;
    const frame = (now) => {
      window.frames.push(now);
      if (window.counting) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await work();
  const { frames, longTasks } = await page.evaluate(() => {
    window.counting = false;
    return { frames: window.frames, longTasks: window.longTasks };
  });
  const gaps = frames.slice(1).map((at, i) => at - frames[i]);
  const late = gaps.filter((gap) => gap > 25).length;
  const perSecond = (1000 * gaps.length) / (frames.at(-1) - frames[0]);
  context.diagnostic(
    `${perSecond.toFixed(1)} frames a second, ${late} of ${gaps.length} later than 25 ms, the longest gap ${Math.max(...gaps).toFixed(0)} ms; ` +
      `tasks over 50 ms: ${longTasks.map((ms) => ms.toFixed(0)).join(', ') || 'none'}`,
  );
  await page.waitForFunction(() => {
    const list = document.querySelector('[data-testid=flow-list]');
    return list.querySelector('[data-testid=flow-row]') && !list.querySelector('[aria-busy=true]');
  });
  assert.ok(gaps.length > 0);
}
