// Every screen is looked at by axe, in light and dark; and a run of the work that is done most, without the mouse.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { checkScreen } from './axe.mjs';
import { get, openDashboard, rows } from './dashboard.mjs';

let dashboard;
let mitmweb;
let page;
let upstream;

before(async () => {
  dashboard = await openDashboard(answer, { viewport: { width: 1440, height: 800 } });
  ({ mitmweb, page, upstream } = dashboard);
  await page.emulateMedia({ reducedMotion: 'reduce' });
});

after(async () => {
  await dashboard?.close();
});

describe('axe finds nothing serious', () => {
  test('before there is traffic', async () => {
    await page.getByTestId('empty-setup').waitFor();
    await checkScreen(page, 'the set-up screen');
    await visit('/audit', page.getByTestId('audit'));
    await checkScreen(page, 'the audit of nothing');
    await visit('/', page.getByTestId('empty-setup'));
  });

  test('the list', async () => {
    for (const path of ['/users.json', '/page.html', '/style.css', '/script.js', '/missing', '/wrong']) await get(mitmweb, upstream, path);
    await get(mitmweb, { address: () => ({ port: 9 }) }, '/unreachable');
    await rows(page, 7);
    for (const [i, marker] of ['red', 'orange', 'yellow', 'green', 'blue', 'purple'].entries()) await note(i + 1, { marker });
    await note(2, { addTags: ['slow'], comment: 'look', pinned: true });
    await page.locator('[data-testid=flow-row][data-color=orange]', { hasText: 'slow' }).waitFor();
    await checkScreen(page, 'the list');
    await page.getByTestId('toggle-outline').click();
    await page.getByTestId('outline').getByRole('treeitem').first().waitFor();
    await checkScreen(page, 'the list with its outline');
    await page.getByTestId('toggle-outline').click();
  });

  for (const tab of ['request', 'response', 'timing', 'connection', 'notes']) {
    test(`details: ${tab}`, async () => {
      await visit(`/flow/1/${tab}`, page.getByTestId('flow-details').getByRole('tabpanel'));
      await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
      await checkScreen(page, `details, ${tab}`);
    });
  }

  test('details of a flow that failed, side by side, with find', async () => {
    await visit('/flow/7/response', page.getByTestId('flow-details').getByRole('tabpanel'));
    await checkScreen(page, 'a flow that failed');
    await page.setViewportSize({ width: 1900, height: 800 });
    await visit('/flow/1/response', page.getByTestId('response-pane'));
    for (const mode of ['tree', 'hex', 'pretty']) {
      await page.getByTestId('response-pane').getByTestId(`body-mode-${mode}`).click();
      await checkScreen(page, `a body, ${mode}`);
    }
    await page.getByTestId('response-pane').getByRole('button', { name: 'Find in the body' }).click();
    await page.getByTestId('find-bar').getByRole('textbox').fill('Ada');
    await page.getByTestId('find-count').getByText('of').waitFor();
    await checkScreen(page, 'find in a body');
    await page.setViewportSize({ width: 1440, height: 800 });
  });

  test('menus and dialogs of the list', async () => {
    await visit('/', page.getByTestId('flow-row').first());
    await page.getByTestId('flow-details').waitFor({ state: 'detached' });
    await page.getByTestId('flow-row').first().click({ button: 'right' });
    await page.getByRole('menuitem').first().waitFor();
    await checkScreen(page, 'the menu of a row');
    await page.keyboard.press('Escape');
    await page.getByTestId('choose-columns').click();
    await page.getByTestId('columns-menu').waitFor();
    await checkScreen(page, 'the menu of columns');
    await page.keyboard.press('Escape');
    await page.getByTestId('saved-filters').click();
    await page.getByRole('button', { name: 'Highlights…' }).waitFor();
    await checkScreen(page, 'saved filters');
    await page.getByRole('button', { name: 'Highlights…' }).click();
    await page.getByRole('button', { name: 'Add a highlight' }).click();
    await checkScreen(page, 'highlights');
    await page.keyboard.press('Escape');
    await page.getByTestId('filter-input').fill('');
    await page.getByTestId('filter-input').pressSequentially('stat');
    await page.getByRole('option', { name: /status:/ }).waitFor();
    await checkScreen(page, 'completions');
    await page.getByTestId('filter-input').fill('~zz nothing');
    await page.getByTestId('filter-error').waitFor();
    await checkScreen(page, 'a wrong filter');
    await page.getByTestId('filter-input').fill('nothing-has-this');
    await page.getByTestId('empty-filter').waitFor();
    await checkScreen(page, 'no flow matches');
    await page.getByTestId('filter-input').fill('');
    await page.getByRole('button', { name: 'Filter help' }).click();
    await page.getByTestId('filter-help').getByText('~c 404').waitFor();
    await checkScreen(page, 'the help of filters');
    await page.keyboard.press('Escape');
    await page.getByTestId('flow-list').focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await checkScreen(page, 'the sheet of keys');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('the other pages', async () => {
    await visit('/sessions', page.getByTestId('sessions'));
    await page.getByRole('row').nth(1).waitFor();
    await page.getByTestId('session-menu').first().click();
    await page.getByRole('menuitem').first().waitFor();
    await checkScreen(page, 'sessions and the menu of one');
    await page.keyboard.press('Escape');
    await visit('/sql', page.getByTestId('sql'));
    await page.getByTestId('sql-run').click();
    await page.getByRole('cell').first().waitFor();
    await checkScreen(page, 'SQL');
    await page.getByTestId('sql-statement').fill('SELECT nothing FROM flows');
    await page.getByTestId('sql-run').click();
    await page.getByTestId('sql-problem').waitFor();
    await checkScreen(page, 'SQL that is wrong');
    await visit('/audit', page.getByTestId('audit'));
    await page.getByTestId('audit').getByText('127.0.0.1').first().waitFor();
    await checkScreen(page, 'the audit');
    await visit('/capture', page.locator('main'));
    await checkScreen(page, 'set up');
    await page.goto(`${mitmweb.origin}/setup`);
    await checkScreen(page, 'the page for devices');
  });
});

test('filter, select, copy, read, search, mark, delete and bring back without the mouse', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: mitmweb.origin });
  await page.goto(mitmweb.origin);
  await rows(page, 7);
  const keys = async (...all) => {
    for (const key of all) await page.keyboard.press(key);
  };

  await keys('/');
  await page.keyboard.type('path:users');
  await keys('Enter');
  await rows(page, 1);
  await keys('j');
  const row = page.locator('[data-testid=flow-row][aria-selected=true]', { hasText: '/users.json' });
  await row.waitFor();
  await page.getByTestId('response-pane').waitFor();

  await keys('c', 'c');
  await page.getByText('Copied').first().waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl .*\/users\.json/);

  await keys('Enter');
  await page.waitForFunction(() => document.activeElement?.dataset.testid === 'flow-details');
  await page.getByTestId('find').waitFor();
  await keys('Control+f');
  await page.getByTestId('find-bar').waitFor();
  await page.keyboard.type('Grace');
  await page.getByTestId('find-count').getByText('1 of 1').waitFor();
  await keys('Escape');
  await page.getByTestId('find-bar').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.closest('[data-testid=flow-details]'));

  await keys('4');
  await page.locator('[data-testid=flow-row][data-color=green]').waitFor();
  await keys('Delete');
  await page.getByTestId('empty-filter').waitFor();
  await keys('Control+z');
  await page.locator('[data-testid=flow-row][data-color=green]', { hasText: '/users.json' }).waitFor();
});

async function note(id, change) {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${mitmweb.token}` };
  const body = JSON.stringify({ selection: { ids: [id] }, change });
  const { status } = await fetch(`${mitmweb.origin}/api/flows`, { method: 'PATCH', headers, body });
  assert.equal(status, 200);
}

/** Another page, the way a link within the dashboard leads there: nothing is loaded anew. */
async function visit(path, shows) {
  await page.evaluate((to) => history.pushState(null, '', to), path);
  await shows.waitFor();
}

const users = JSON.stringify({
  users: [
    { id: 1, name: 'Ada Lovelace', roles: ['admin'] },
    { id: 2, name: 'Grace Hopper', roles: [] },
  ],
  next: null,
});
const answers = {
  '/users.json': ['application/json', users],
  '/page.html': ['text/html', '<!doctype html><h1>Hello</h1>'],
  '/style.css': ['text/css', 'body { color: rebeccapurple }'],
  '/script.js': ['text/javascript', 'console.log("hello")'],
};

function answer(request, response) {
  const [type, body] = answers[request.url] ?? ['text/plain', 'nothing here'];
  response.statusCode = answers[request.url] ? 200 : request.url === '/wrong' ? 500 : 404;
  response.setHeader('Content-Type', type);
  response.setHeader('Set-Cookie', 'session=abc; HttpOnly');
  response.end(body);
}
