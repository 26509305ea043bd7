// What tests of the dashboard do alike.
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';

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
 * @returns {Promise<number>} the status.
 */
export async function get(mitmweb, upstream, path, agent = false) {
  const target = `127.0.0.1:${upstream.address().port}`;
  const options = { agent, host: '127.0.0.1', port: mitmweb.proxyPort, path: `http://${target}${path}`, headers: { Host: target } };
  const [response] = await once(http.get(options), 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}
