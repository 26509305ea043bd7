// Biome, as the dashboard's packages bring it, over the scripts and the browser tests. The dashboard has its own lint.
import { join } from 'node:path';
import { browserTests, client, comparison, root } from './layout.mjs';

const scripts = join(root, 'scripts');

/** Command and arguments that check the scripts, or lay them out with `--write`. */
export function checkScripts(...options) {
  const biome = join(client, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const config = `--config-path=${join(scripts, 'biome.scripts.json')}`;
  return [process.execPath, [biome, 'check', config, ...options, scripts, browserTests, comparison]];
}
