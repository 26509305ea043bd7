// Biome, as the dashboard's packages bring it, over all JavaScript and TypeScript.
import { join } from 'node:path';
import { client } from './layout.mjs';

/** Command and arguments for a run of Biome. */
export function biome(...args) {
  return [process.execPath, [join(client, 'node_modules', '@biomejs', 'biome', 'bin', 'biome'), ...args]];
}
