// What a program and all that it started use of the machine: processor time and memory, read from /proc.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const ticks = Number(execFileSync('getconf', ['CLK_TCK']));

/** The process and all its descendants. */
export function treeOf(pid) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(name) : null;
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  const tree = [pid];
  for (const one of tree) tree.push(...(children.get(one) ?? []));
  return tree;
}

/** Processor seconds of these processes so far. */
export function cpuSeconds(pids) {
  return pids.reduce((sum, pid) => sum + (readStat(pid)?.ticks ?? 0), 0) / ticks;
}

/** Processor seconds of the whole machine so far, but for what it was idle. */
export function machineSeconds() {
  const [user, nice, system, , , irq, softIrq] = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq) / ticks;
}

/** From now on `peakMiB` counts anew. */
export function resetPeak(pids) {
  for (const pid of pids) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // It has ended.
    }
  }
}

/** The most memory that the processes took since `resetPeak`, in MiB: each one's own most, added up. */
export const peakMiB = (pids) => memory(pids, 'VmHWM');

/** The memory that the processes take now, in MiB. */
export const residentMiB = (pids) => memory(pids, 'VmRSS');

function memory(pids, key) {
  let sum = 0;
  for (const pid of pids) {
    try {
      sum += Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended.
    }
  }
  return sum / 1024;
}

function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [userTicks, systemTicks, childUserTicks, childSystemTicks] = fields.slice(11, 15).map(Number);
    return { parent: Number(fields[1]), ticks: userTicks + systemTicks + childUserTicks + childSystemTicks };
  } catch {
    return null;
  }
}
