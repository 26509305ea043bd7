import { readFileSync } from 'node:fs';

/** A figure of a process in bytes: `VmRSS` is what it holds in memory now, `VmHWM` the most it ever held. */
export function memoryOf(pid, key) {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
