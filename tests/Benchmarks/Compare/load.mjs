// The load generator (../Load): built once, run for each measurement.
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { PlainError, runQuietly } from '../../../scripts/processes.mjs';

const sums = new Map();

/** Builds it and gives its path. */
export async function buildLoad(go, folder) {
  const program = join(folder, 'load');
  await runQuietly('build-load', go, ['build', '-o', program, '.'], { cwd: join(import.meta.dirname, '..', 'Load') });
  return program;
}

/** Runs it and gives what it prints. */
export function runLoad(load, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(load, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      try {
        resolve(JSON.parse(text));
      } catch {
        reject(new PlainError(`the load generator ended with ${code}: ${args.join(' ')}`));
      }
    });
  });
}

/** The arguments by which it checks that every body is this file. */
export function checkFor(load, file) {
  if (!sums.has(file)) sums.set(file, execFileSync(load, ['-sum', file], { encoding: 'utf8' }).trim().split(' '));
  const [length, crc] = sums.get(file);
  return ['-length', length, '-crc', crc];
}
