// What tests of the dashboard do alike.
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { launchBrowser } from './browser.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';

/**
 * What a test file needs to see the dashboard beside a server of its own.
 * @param {http.RequestListener} answer the server, on 127.0.0.1.
 * @param {{ args?: string[], viewport?: { width: number, height: number }, paths?: string[] }} options `paths` are asked for before the page is opened.
 */
export async function openDashboard(answer, { args = [], viewport = { width: 1280, height: 720 }, paths = [] } = {}) {
  const folder = temporaryFolder();
  const opened = {
    async close() {
      await opened.browser?.close();
      await opened.mitmweb?.stop();
      opened.upstream.close();
      opened.upstream.closeAllConnections();
      folder.remove();
    },
  };
  opened.upstream = http.createServer(answer).listen(0, '127.0.0.1');
  try {
    await once(opened.upstream, 'listening');
    opened.mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), args });
    for (const path of paths) await get(opened.mitmweb, opened.upstream, path);
    opened.browser = await launchBrowser({ home: join(folder.path, 'home') });
    opened.page = await opened.browser.newPage({ viewport });
    opened.page.setDefaultTimeout(20_000);
    await opened.page.goto(opened.mitmweb.dashboard);
  } catch (error) {
    await opened.close();
    throw error;
  }
  return opened;
}

/** What a server answers with that says which path it was asked for. */
export function answerPath(request, response) {
  response.setHeader('Content-Type', 'application/json');
  response.end(`{"path": "${request.url}"}`);
}

/** Counts a page's tasks over 50 ms from now on, in `window.longTasks` (their milliseconds). */
export async function watchLongTasks(page) {
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    });
  });
}

/** Waits until the list shows so many rows. */
export async function rows(page, count) {
  await page.waitForFunction((wanted) => document.querySelectorAll('[data-testid=flow-row]').length === wanted, count);
}

/** MITMWEB_PICTURES=folder keeps pictures of what the tests see, light and dark; without it there are none. */
export async function picture(page, name) {
  const to = process.env.MITMWEB_PICTURES;
  if (!to) return;
  mkdirSync(to, { recursive: true });
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(to, `${name}-${colorScheme}.png`) });
  }
}

/**
 * One plain request through the proxy, to its end.
 * @param {{ proxyPort: number }} mitmweb
 * @param {http.Server} upstream the server on 127.0.0.1 that is asked.
 * @param {string} path
 * @param {http.Agent | false} agent keeps connections; without one each request has its own.
 * @returns {Promise<{ status: number, text: string }>}
 */
export async function get(mitmweb, upstream, path, agent = false) {
  const target = `127.0.0.1:${upstream.address().port}`;
  const options = { agent, host: '127.0.0.1', port: mitmweb.proxyPort, path: `http://${target}${path}`, headers: { Host: target } };
  const [response] = await once(http.get(options), 'response');
  return { status: response.statusCode, text: await text(response) };
}
