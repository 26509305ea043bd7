// The SQL console: an example, a statement of one's own, what is wrong with one, and from a row to its flow.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerPath, openDashboard, picture } from './dashboard.mjs';

let dashboard;
let page;

before(async () => {
  dashboard = await openDashboard(answerPath, { paths: ['/users', '/users/7', '/orders'] });
  page = dashboard.page;
});

after(async () => {
  await dashboard?.close();
});

test('an example runs, and a row leads to its flow', async () => {
  await page.getByRole('link', { name: 'SQL console' }).click();
  await page.getByRole('button', { name: 'Largest responses' }).click();
  await page.getByText(/^3 rows in /).waitFor();
  await picture(page, 'sql-example');
  await page.getByTestId('sql-result').getByRole('link', { name: '2', exact: true }).click();
  await page.waitForURL(/\/flow\/2\/response/);
  await page.goBack();
  await page.getByTestId('sql-statement').waitFor();
});

test('a wrong statement says where and offers what was meant', async () => {
  await page.getByTestId('sql-statement').fill('SELECT id, pth FROM flows ORDER BY id');
  await page.getByTestId('sql-statement').press('Control+Enter');
  await page.getByTestId('sql-problem').getByText('There is no column pth. Did you mean path?').waitFor();
  await picture(page, 'sql-problem');
  await page.getByRole('button', { name: 'Use “path”' }).click();
  await page.getByTestId('sql-result').getByText('/users/7').waitFor();
  assert.equal(await page.getByTestId('sql-statement').inputValue(), 'SELECT id, path FROM flows ORDER BY id');
});

test('what would write is refused, and what runs for ever can be stopped', async () => {
  const statement = page.getByTestId('sql-statement');
  await statement.fill('DELETE FROM flow');
  await page.getByTestId('sql-run').click();
  await page.getByTestId('sql-problem').getByText('DELETE is refused').waitFor();
  await statement.fill('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n');
  await statement.press('Control+Enter');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByTestId('sql-run').waitFor();
});

test('bodies are found by the index, which the status bar switches', async () => {
  const index = page.getByTestId('body-index');
  await index.getByText(/^body index/).waitFor();
  await index.click();
  await page.getByTestId('body-index-switch').waitFor({ state: 'attached' });
  await picture(page, 'sql-index');
  await page.getByTestId('body-index-switch').click();
  await index.getByText('bodies not indexed').waitFor();
});
