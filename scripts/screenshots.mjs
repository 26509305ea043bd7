// npm run screenshots: pictures of every screen, dark and light, of a small window and a large one, in artifacts/screenshots.
// With -- --docs those that the documents show are put there as well.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { installPackages } from './build.mjs';
import { artifacts, browserTests, root } from './layout.mjs';
import { checkNode, checkSdk, findDotnet, runMain, runOpenly } from './processes.mjs';
import { installTestPrograms } from './testPrograms.mjs';

const to = join(artifacts, 'screenshots');
const images = join(root, 'docs', 'images');
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const themes = ['light', 'dark'];
/** What the documents show: the picture, and its name there. */
const shown = {
  'flow-1280-light': 'dashboard-light',
  'flow-1280-dark': 'dashboard-dark',
  'waterfall-1280-light': 'waterfall',
  'connection-1280-dark': 'connection',
};
const benchmarks = join(root, 'tests', 'Benchmarks', 'Benchmarks.csproj');

await runMain(async () => {
  checkNode();
  const dotnet = findDotnet();
  await checkSdk(dotnet);
  await installPackages(browserTests, 'the browser tests');
  await installTestPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'mitmweb-screenshots-'));
  let mitmweb;
  let browser;
  try {
    const session = join(folder, 'checkout-bug.mitmweb');
    const generate = ['run', '-c', 'Release', '--project', benchmarks, '--', 'generate', session, '--flows', '4000', '--seed', '7'];
    if ((await runOpenly(dotnet.command, generate, { env: dotnet.env })) !== 0) return 1;
    // They bring playwright, which is there only now.
    const { launchBrowser } = await import('../tests/Browser.Tests/browser.mjs');
    const { startMitmWeb } = await import('../tests/Browser.Tests/mitmweb.mjs');
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { recursive: true });
    mitmweb = await startMitmWeb({ confdir: join(folder, 'conf'), args: ['--session', session] });
    const empty = await startMitmWeb({ confdir: join(folder, 'empty') });
    browser = await launchBrowser({ home: join(folder, 'home') });
    try {
      for (const size of sizes) for (const theme of themes) await takeAll(browser, mitmweb, empty, size, theme);
    } finally {
      await empty.stop();
    }
  } finally {
    await browser?.close();
    await mitmweb?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  if (process.argv.includes('--docs')) {
    for (const [from, name] of Object.entries(shown)) copyFileSync(join(to, `${from}.png`), join(images, `${name}.png`));
  }
  console.log(`The pictures are in ${relative(process.cwd(), to)}.`);
  return 0;
});

/** All screens in one size and theme. */
async function takeAll(browser, mitmweb, empty, size, theme) {
  const context = await browser.newContext({ viewport: size, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const take = async (name) => {
    // The pointer would leave something lit.
    await page.mouse.move(size.width / 2, size.height - 8);
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
    await page.waitForFunction(() => !/indexing|^0 flows$/m.test(document.querySelector('[data-testid=status-bar]')?.innerText ?? ''));
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(to, `${name}-${size.width}-${theme}.png`) });
  };
  const open = async (path, shows) => {
    await page.goto(mitmweb.origin + path);
    await shows.first().waitFor();
  };
  const row = page.getByTestId('flow-row');
  const { flows } = await mitmweb.api(
    `/flows?filter=${encodeURIComponent('type:json method=GET status=200 size=300..4kb scheme=https')}&limit=5`,
  );
  const json = flows[0].id;
  const failed = (await mitmweb.api(`/flows?filter=${encodeURIComponent('is:error is:http')}&limit=1`)).flows[0].id;

  await page.goto(empty.dashboard);
  await page.getByTestId('empty-setup').waitFor();
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  await page.screenshot({ path: join(to, `setup-${size.width}-${theme}.png`) });

  await page.goto(mitmweb.dashboard);
  await row.first().waitFor();
  await take('list');
  await page.getByTestId('filter-input').fill('status:5xx');
  await row.first().waitFor();
  await page.getByTestId('filter-input').pressSequentially(' host');
  await page.getByRole('option').first().waitFor();
  await take('completions');

  await open(`/flow/${json}/response`, page.locator('.cm-line'));
  await take('flow');
  for (const tab of ['timing', 'connection', 'notes']) {
    await open(`/flow/${json}/${tab}`, page.getByRole('tabpanel'));
    await take(tab);
  }
  await open(`/flow/${failed}/response`, page.getByRole('tabpanel'));
  await take('failed');

  await open(`/?q=id:${await busy(mitmweb)}`, row);
  await page.keyboard.press('w');
  await page.getByTestId('waterfall').waitFor();
  await take('waterfall');
  await page.keyboard.press('w');
  await open('/', row);
  await page.getByTestId('toggle-outline').click();
  await page.getByRole('treeitem').nth(8).waitFor();
  await take('outline');
  await page.getByTestId('toggle-outline').click();
  await row.nth(3).click({ button: 'right' });
  await page.getByRole('menuitem').first().waitFor();
  await take('menu');
  await page.keyboard.press('Escape');
  await row.nth(3).click();
  await row.nth(9).click({ modifiers: ['Shift'] });
  await page.getByTestId('selection-summary').waitFor();
  await take('selection');
  await open('/?q=nothing-has-this', page.getByTestId('empty-filter'));
  await take('no-match');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await take('keys');

  await open('/sessions', page.getByTestId('session-row'));
  await take('sessions');
  await open('/sql', page.getByTestId('sql-run'));
  await page.getByTestId('sql-run').click();
  await page.getByTestId('sql-result').waitFor();
  await take('sql');
  await open('/audit', page.getByTestId('audit-host'));
  await page.getByTestId('audit-host').first().click();
  await page.getByTestId('audit-report').waitFor();
  await take('audit');
  await open('/capture', page.getByTestId('setup'));
  await take('capture');
  await context.close();
}

/** Flows that came close to each other, as many as a screen has room for, as a range of ids. */
async function busy(mitmweb) {
  const count = 40;
  const { flows } = await mitmweb.api('/flows?limit=500');
  const span = (from) => {
    const ends = flows.slice(from, from + count).map(({ startedAt, durationMs }) => Date.parse(startedAt) + (durationMs ?? 0));
    return Math.max(...ends) - Date.parse(flows[from].startedAt);
  };
  let best = 0;
  for (let from = 1; from + count <= flows.length; from++) if (span(from) < span(best)) best = from;
  return `${flows[best].id}..${flows[best + count - 1].id}`;
}
