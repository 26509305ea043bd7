// axe, which looks for what keeps people from using a page who cannot see it, or not well, or who have no mouse.
import assert from 'node:assert/strict';
import axe from 'axe-core';

/**
 * Fails when a screen has a serious or critical violation, in light or dark.
 * @param {import('playwright-core').Page} page one that prefers reduced motion, so that nothing is half faded in.
 * @param {string} screen what it shows, for the message.
 */
export async function checkScreen(page, screen) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    // How many flows an item of the outline stands for is beside its name, not a part of it.
    window.axe.configure({ rules: [{ id: 'label-content-name-mismatch', selector: ':not([role=treeitem])' }] });
    const { dataset } = document.documentElement;
    const before = dataset.mantineColorScheme;
    const seen = [];
    for (const theme of ['light', 'dark']) {
      dataset.mantineColorScheme = theme;
      for (const frame of [1, 2]) await new Promise((resolve) => requestAnimationFrame(resolve, frame));
      // Colours are all that the second theme changes.
      const only = theme === 'light' ? {} : { runOnly: ['color-contrast', 'link-in-text-block'] };
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'], ...only });
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      seen.push(
        ...grave.map(({ id, impact, help, nodes }) => ({
          theme,
          id,
          impact,
          help,
          nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
        })),
      );
    }
    if (before) dataset.mantineColorScheme = before;
    return seen;
  });
  const text = found.map(({ theme, id, impact, help, nodes }) => {
    const places = nodes
      .slice(0, 4)
      .map(({ html, failureSummary }) => `  ${html.slice(0, 200)}\n    ${failureSummary.replaceAll('\n', '\n    ')}`);
    return `${screen}, ${theme}: ${id} (${impact}, ${nodes.length} places): ${help}\n${places.join('\n')}`;
  });
  assert.equal(found.length, 0, text.join('\n'));
}
