// What is around the screens: the command palette, keys that can be chosen, themes, settings, and how much has to be loaded for it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { answerPath, openDashboard, picture, rows } from './dashboard.mjs';

/** Compressed bytes. */
const mostScript = 350_000;
let dashboard;
let mitmweb;
let page;

before(async () => {
  dashboard = await openDashboard(answerPath, { viewport: { width: 1280, height: 800 }, paths: ['/one', '/two', '/three'] });
  ({ mitmweb, page } = dashboard);
  await rows(page, 3);
});

after(async () => {
  await dashboard?.close();
});

test('the palette does by the keyboard what its button leads to', async () => {
  await row('/two').click();
  await page.getByTestId('flow-details').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').fill('marblu');
  await page.getByRole('option', { name: /^Mark blue/, selected: true }).waitFor();
  await picture(page, 'shell-palette');
  await page.keyboard.press('Enter');
  await page.locator('[data-testid=flow-row][data-color=blue]', { hasText: '/two' }).waitFor();
  await page.getByTestId('palette').waitFor({ state: 'detached' });

  // From a screen where there is no filter, to the one where it is.
  await page.keyboard.press('Alt+5');
  await page.getByTestId('sessions').waitFor();
  await page.getByTestId('rail-palette').click();
  await page.getByTestId('palette-input').fill('focus filter');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.dataset.testid === 'filter-input');
  // What is typed there is text: no single key does anything.
  await page.keyboard.type('path:/t1s?');
  assert.equal(await page.getByTestId('shortcut-search').count(), 0);
  assert.equal((await mitmweb.api('/flows?filter=mark:red')).total, 0);
  await page.getByTestId('filter-input').fill('path:/t');
  await rows(page, 2);
  await page.keyboard.press('Enter');

  // The filter was used, so that the palette knows it; a saved one as well.
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').fill('clear the filter');
  await page.keyboard.press('Enter');
  await rows(page, 3);
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').fill('path:/t');
  await page.getByRole('option', { name: /^path:\/t.*Filters used before/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await rows(page, 2);
  await page.getByTestId('filter-input').fill('');
  await rows(page, 3);
});

test('keys are chosen, also those that another action has, and are there after a reload', async () => {
  await page.getByTestId('flow-list').focus();
  await page.keyboard.press('?');
  await page.getByTestId('shortcut-search').fill('pin or');
  const pin = page.getByTestId('shortcut-pin');
  const recorder = page.getByTestId('key-recorder');
  await pin.getByRole('button', { name: /^Pin or unpin: s/ }).click();
  await page.keyboard.press('Control+p');
  await recorder.getByText('Ctrl+P is the browser’s own').waitFor();
  await page.keyboard.press('j');
  await recorder.getByText('Already taken: j is “Next flow”').waitFor();
  await picture(page, 'shell-clash');
  await recorder.getByRole('button', { name: 'Take them' }).click();
  await pin.getByText('j', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.reload();
  await rows(page, 3);
  await row('/three').click();
  await page.keyboard.press('s');
  await page.keyboard.press('j');
  await page.locator('[data-testid=flow-row]', { hasText: '/three' }).getByLabel('Pinned').waitFor();
  assert.match(page.url(), /\/flow\/3\//, 'the key that was taken no longer goes on');
  assert.equal((await mitmweb.api('/flows?filter=path:/three')).flows[0].pinned, true, 'the old key did not take the pin off again');

  await page.keyboard.press('?');
  await page.getByRole('button', { name: 'Reset all' }).click();
  await page.getByTestId('shortcut-next').getByText('j', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('shortcut-search').waitFor({ state: 'detached' });
  await row('/one').click();
  await page.keyboard.press('j');
  await page.waitForURL(/\/flow\/2\//);
});

test('themes and contrast switch at once, and before the first paint of the next load', async () => {
  const look = () =>
    page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.body);
      const root = document.documentElement;
      return { backgroundColor, color, scheme: root.dataset.mantineColorScheme, high: 'highContrast' in root.dataset };
    });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.keyboard.press('Alt+6');
  const choose = (part, name) => page.getByTestId(`settings-${part}`).getByText(name, { exact: true }).click();
  await page.getByTestId('settings').waitFor();
  assert.deepEqual(await look(), { backgroundColor: 'rgb(255, 255, 255)', color: 'rgb(26, 32, 40)', scheme: 'light', high: false });
  await choose('theme', 'Dark');
  await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === 'dark');
  assert.deepEqual(await look(), { backgroundColor: 'rgb(18, 21, 26)', color: 'rgb(227, 231, 237)', scheme: 'dark', high: false });
  await choose('contrast', 'High');
  await page.waitForFunction(() => 'highContrast' in document.documentElement.dataset);
  const chosen = { backgroundColor: 'rgb(0, 0, 0)', color: 'rgb(255, 255, 255)', scheme: 'dark', high: true };
  assert.deepEqual(await look(), chosen);
  await page.addInitScript(() => {
    document.addEventListener('DOMContentLoaded', () => {
      window.atFirst = { ...document.documentElement.dataset };
    });
  });
  await page.reload();
  await page.getByTestId('settings').waitFor();
  assert.deepEqual(await look(), chosen);
  assert.deepEqual(await page.evaluate(() => window.atFirst), { mantineColorScheme: 'dark', highContrast: '' });
  await page.getByTestId('forget-all').click();
  await page.waitForFunction(() => !('highContrast' in document.documentElement.dataset));
  assert.equal((await look()).scheme, 'light');
  assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('mitmweb.')).length), 0);
});

test('the script that is loaded first is small', async () => {
  const read = async (path) => (await page.request.get(new URL(path, mitmweb.dashboard).href)).text();
  const sizes = new Map();
  const load = async (path) => {
    if (sizes.has(path)) return;
    const text = await read(path);
    sizes.set(path, gzipSync(text).length);
    // What a script imports at once is loaded with it; what it imports later is not.
    for (const [, name] of text.matchAll(/(?:from|import)\s*["'](\.\/[^"']+\.js)["']/g))
      await load(new URL(name, new URL(path, 'http://x')).pathname);
  };
  const html = await read('/');
  const first = [...html.matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]+\.js)"/g)].map(([, path]) => path);
  assert.ok(first.length > 1, html);
  for (const path of first) await load(path);
  const sum = [...sizes.values()].reduce((all, size) => all + size, 0);
  assert.ok(sum > 100_000 && sum < mostScript, `${sum} bytes of script, compressed, are loaded first`);
  assert.deepEqual(
    [...sizes.keys()].filter((path) => /Palette|Shortcut|Settings|CodeView/.test(path)),
    [],
  );
});

const row = (path) => page.locator('[data-testid=flow-row]', { has: page.locator(`span[title="${path}"]`) });
