// One build at a time in one checkout.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { artifacts } from './layout.mjs';

const file = join(artifacts, 'build.lock');

/** Runs `work` while no other process builds; a lock whose owner has died is taken over. */
export async function withBuildLock(work) {
  await acquire();
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function acquire() {
  mkdirSync(artifacts, { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = readOwner();
    if (owner !== null && !isAlive(owner)) {
      removeDead(owner);
    } else {
      if (!waited) console.error(`mitmweb: waiting for another build${owner ? ` (process ${owner})` : ''}`);
      await delay(200);
    }
  }
}

function readOwner() {
  try {
    return Number(readFileSync(file, 'utf8')) || null;
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moving is atomic, so of several that see the dead owner one removes it; a new owner's lock moved by mistake is put back. */
function removeDead(owner) {
  const moved = `${file}.${process.pid}`;
  try {
    renameSync(file, moved);
    if (Number(readFileSync(moved, 'utf8')) !== owner) linkSync(moved, file);
  } catch {
    // Somebody else was faster.
  }
  rmSync(moved, { force: true });
}
