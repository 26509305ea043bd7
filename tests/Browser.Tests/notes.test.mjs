// Marks, comments, tags and pins; several flows at once; deletions taken back; saved filters and highlights.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerPath, openDashboard, picture, rows } from './dashboard.mjs';

let dashboard;
let mitmweb;
let page;

before(async () => {
  dashboard = await openDashboard(answerPath, {
    viewport: { width: 1400, height: 800 },
    paths: ['/one', '/two', '/three', '/four', '/five'],
  });
  ({ mitmweb, page } = dashboard);
  await rows(page, 5);
});

after(async () => {
  await dashboard?.close();
});

test('a key marks the flow, and its notes are written beside it', async () => {
  await row('/two').click();
  await page.getByTestId('flow-details').waitFor();
  await page.keyboard.press('4');
  await page.locator('[data-testid=flow-row][data-color=green]').waitFor();
  await page.keyboard.press('m');
  await page.getByTestId('comment').fill('look at this');
  await page.getByTestId('comment').press('Control+Enter');
  await page.getByPlaceholder('Write a tag and press Enter').fill('slow');
  await page.getByPlaceholder('Write a tag and press Enter').press('Enter');
  await row('/two').getByText('slow').waitFor();
  await picture(page, 'notes-notes');
  const { flows } = await mitmweb.api('/flows?filter=mark:green%20tag:slow');
  assert.deepEqual(
    flows.map(({ path, comment }) => [path, comment]),
    [['/two', 'look at this']],
  );
});

test('notes are columns for those who choose them, and columns move', async () => {
  await page.getByTestId('flow-list').focus();
  await page.keyboard.press('Escape');
  const names = () => page.getByRole('columnheader').evaluateAll((all) => all.map((one) => one.dataset.column));
  await page.getByRole('columnheader', { name: 'Path' }).click({ button: 'right' });
  const menu = page.getByTestId('columns-menu');
  for (const name of ['Mark', 'Comment', 'Tags', 'Version']) await menu.getByRole('menuitemcheckbox', { name, exact: true }).click();
  await menu.getByRole('menuitemcheckbox', { name: 'Time', exact: true }).click();
  await picture(page, 'notes-choose');
  await page.keyboard.press('Escape');
  await page.locator('[data-testid=flow-row] [data-column=comment]', { hasText: 'look at this' }).waitFor();
  await page.locator('[data-testid=flow-row] [data-column=mark]', { hasText: 'Green' }).waitFor();
  await page.locator('[data-testid=flow-row] [data-column=tags]', { hasText: 'slow' }).waitFor();
  await page
    .getByRole('columnheader', { name: 'Tags' })
    .locator('button')
    .dragTo(page.getByRole('columnheader', { name: 'Host' }));
  await page.getByRole('columnheader', { name: 'Comment' }).click({ button: 'right' });
  await menu.getByRole('menuitem', { name: 'Move left' }).click();
  await picture(page, 'notes-columns');
  await page.reload();
  await rows(page, 5);
  const chosen = await names();
  assert.ok(!chosen.includes('time'));
  assert.equal(chosen.indexOf('tags') + 1, chosen.indexOf('host'));
  assert.equal(chosen.indexOf('comment') + 1, chosen.indexOf('mark'));
  await page.getByTestId('choose-columns').click();
  await menu.getByRole('menuitem', { name: 'As in the beginning' }).click();
  await page.getByRole('columnheader', { name: 'Comment' }).waitFor({ state: 'detached' });
});

test('several flows are chosen and deleted together, and come back', async () => {
  await row('/two').click();
  await row('/three').click({ modifiers: ['Control'], position: { x: 30, y: 8 } });
  await row('/five').click({ modifiers: ['Shift'], position: { x: 30, y: 8 } });
  await page.getByTestId('selection-bar').getByText('4 flows selected').waitFor();
  await picture(page, 'notes-selection');
  await page.getByTestId('selection-bar').getByRole('button', { name: 'Delete' }).click();
  await rows(page, 1);
  await page.getByTestId('deletion-toast').getByRole('button', { name: 'Undo' }).click();
  await rows(page, 5);
  await row('/two').getByText('slow').waitFor();
});

test('all that match are chosen with Ctrl+A', async () => {
  await page.getByTestId('filter-input').fill('path:/t');
  await rows(page, 2);
  await page.getByTestId('flow-list').focus();
  await page.keyboard.press('Control+a');
  await page.getByTestId('selection-bar').getByText('2 flows selected').waitFor();
  await page.keyboard.press('6');
  await page.waitForFunction(() => document.querySelectorAll('[data-color=purple][data-testid=flow-row]').length === 2);
  assert.equal((await mitmweb.api('/flows?filter=mark:purple')).total, 2);
  await page.keyboard.press('Escape');
  await page.getByTestId('selection-bar').waitFor({ state: 'detached' });
});

test('a filter is saved, used by its name, and highlights rows', async () => {
  await page.getByTestId('saved-filters').click();
  await page.getByPlaceholder('Name for this filter').fill('with t');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByTestId('saved-view').getByText('path:/t').waitFor();
  await picture(page, 'notes-saved');
  await page.keyboard.press('Escape');
  await page.getByTestId('filter-input').fill('!view:"with t"');
  await rows(page, 3);
  await page.getByTestId('saved-filters').click();
  await page.getByRole('button', { name: 'Highlights…' }).click();
  await page.getByRole('button', { name: 'Add a highlight' }).click();
  await page.getByTestId('highlights').getByRole('textbox').fill('~bs /four');
  await picture(page, 'notes-highlights');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('[data-testid=flow-row][data-color=red]', { hasText: '/four' }).waitFor();
  assert.equal(await page.locator('[data-testid=flow-row][data-color=red]').count(), 1);
  await picture(page, 'notes-highlighted');
});

const row = (path) => page.locator('[data-testid=flow-row]', { has: page.locator(`span[title="${path}"]`) });
