// Tells whether what something was built from has changed: a hash over names and contents (times lie after a checkout).
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './layout.mjs';

const generated = new Set(['node_modules', 'bin', 'obj', 'dist', '.cache', 'TestResults']);

/** The hash of files and folders (those that do not exist count as absent) and of further words. */
export function stampOf(paths, ...words) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\0`);
  for (const path of paths) addPath(hash, path);
  return hash.digest('hex').slice(0, 16);
}

function addPath(hash, path) {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind?.isFile()) {
    hash.update(`${relative(root, path)}\0${kind.size}\0`).update(readFileSync(path));
  } else if (kind?.isDirectory()) {
    const names = readdirSync(path)
      .filter((name) => !generated.has(name))
      .sort();
    for (const name of names) addPath(hash, join(path, name));
  }
}
