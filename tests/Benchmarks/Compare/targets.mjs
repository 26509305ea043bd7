// What MitmWeb by itself is held to: each figure has a target, and it is said whether that holds.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from '../../../scripts/build.mjs';
import { hostProject } from '../../../scripts/layout.mjs';
import { findDotnet, runQuietly } from '../../../scripts/processes.mjs';
import { runLoad } from './load.mjs';
import { startMitmWeb } from './programs.mjs';
import { median } from './report.mjs';
import { cpuSeconds, residentMiB, treeOf } from './usage.mjs';

const connections = ['-connections', '32'];
const hours = ['-seconds', '36000'];

/**
 * @typedef {{ name: string, value: number, unit: string, target?: number }} Figure `target`: what it may be at most; none for a figure that only explains another
 * @typedef {{ folder: string, upstream: object, load: string, common: string[], rounds: number, seconds: number, flows: number, window: number, idle: number, built: boolean, indexed: boolean }} Bench
 * @typedef {{ name: string, title: string, run: (bench: Bench) => Promise<Figure[]> }} Held
 */

/** @type {Held[]} */
export const held = [
  { name: 'record', title: 'Recording: 1 KiB, 32 kept connections, HTTP/1.1', run: record },
  { name: 'growth', title: 'A session that grows', run: growth },
  { name: 'start', title: 'Start and idleness', run: start },
];

/** The same load in turn with recording off, with it on, and with the bodies indexed as well: the differences are what recording and indexing cost. */
async function record(bench) {
  return withMitmWeb(bench, 'record', async (proxy) => {
    const run = (seconds) => runLoad(bench.load, [...toProxy(bench, proxy), ...connections, '-seconds', String(seconds)]);
    let recorded = await warmUp(bench, proxy);
    const measure = async () => {
      const { on } = (await proxy.api('/state')).recording;
      const [used, outcome] = await usedBy(proxy, recorded, () => run(bench.seconds), on);
      if (on) recorded += outcome.requests;
      else await expectCount('flows not recorded', outcome.requests, async () => (await proxy.api('/state')).recording.notRecorded);
      return (used * 1e6) / outcome.requests;
    };
    const [off, on, indexed] = [[], [], []];
    await proxy.api('/body-index', 'PUT', { on: false });
    for (let round = 0; round < bench.rounds; round++) {
      await proxy.api('/recording', 'PUT', { on: false });
      off.push(await measure());
      await proxy.api('/recording', 'PUT', { on: true });
      on.push(await measure());
    }
    if (bench.indexed) {
      // It takes in what is there first.
      await proxy.api('/body-index', 'PUT', { on: true });
      await isIndexed(proxy);
      for (let round = 0; round < bench.rounds; round++) indexed.push(await measure());
    }
    return [
      { name: 'processor time of recording, for each flow', value: median(on) - median(off), unit: 'µs', target: 20 },
      ...(bench.indexed ? [{ name: 'processor time of indexing its body', value: median(indexed) - median(on), unit: 'µs' }] : []),
      { name: 'processor time of a request that is not recorded', value: median(off), unit: 'µs' },
    ];
  });
}

/** What a request costs while the session is new, and when it holds many flows. */
async function growth(bench) {
  return withMitmWeb(bench, 'growth', async (proxy) => {
    const { window, rounds, flows } = bench;
    const run = (count) => runLoad(bench.load, [...toProxy(bench, proxy), ...connections, ...hours, '-requests', String(count)]);
    const measure = async (before) => ((await usedBy(proxy, before, () => run(window)))[0] * 1e6) / window;

    await warmUp(bench, proxy);
    const [first, last] = [[], []];
    for (let round = 1; round <= rounds; round++) {
      await beginSession(proxy, `growth ${round}`);
      first.push(await measure(0));
    }
    // The last of these sessions grows.
    let held = window;
    const middle = flows - (rounds + 1) * window;
    if (middle > 0) await usedBy(proxy, held, () => run(middle));
    for (held += Math.max(0, middle); last.length < rounds; held += window) last.push(await measure(held));
    const count = (number) => number.toLocaleString('en');
    return [
      {
        name: `dearer than the first: the last ${count(window)} of ${count(held)} flows`,
        value: (median(last) / median(first) - 1) * 100,
        unit: '%',
        target: 10,
      },
      { name: 'processor time of a request, the first', value: median(first), unit: 'µs' },
      { name: 'processor time of a request, the last', value: median(last), unit: 'µs' },
    ];
  });
}

/**
 * The compiler's work must not be in the first figure: windows are recorded until three have brought nothing.
 * @returns {Promise<number>} how many flows the session holds then
 */
async function warmUp(bench, proxy) {
  const load = () => runLoad(bench.load, [...toProxy(bench, proxy), ...connections, ...hours, '-requests', String(bench.window)]);
  let flows = 0;
  for (let least = Number.POSITIVE_INFINITY, idle = 0; flows < 4 * bench.rounds * bench.window && idle < 3; flows += bench.window) {
    const [used] = await usedBy(proxy, flows, load);
    idle = used < least * 0.97 ? 0 : idle + 1;
    least = Math.min(used, least);
  }
  return flows;
}

/** Records in a new session, and waits until the one before is closed, which is work too. */
async function beginSession(proxy, name) {
  await proxy.api('/sessions', 'POST', { name });
  await expectCount('sessions that are still to be closed', 0, async () => {
    const { sessions } = await proxy.api('/sessions');
    return sessions.filter((one) => one.state === 'finishing').length;
  });
}

/** From exec until it listens, and what it takes while nobody asks it for anything. */
async function start(bench) {
  const host = bench.built ? await build() : await publish(bench);
  const folder = join(bench.folder, 'start');
  const times = [];
  for (let round = 0; ; round++) {
    const proxy = await startMitmWeb(folder, bench.upstream, { host });
    times.push(proxy.startSeconds);
    if (round < bench.rounds) {
      await proxy.stop();
      continue;
    }
    try {
      // What a start leaves to be done.
      await delay(5000 * Math.min(1, bench.idle / 30));
      const before = cpuSeconds(treeOf(proxy.pid));
      await delay(bench.idle * 1000);
      const used = cpuSeconds(treeOf(proxy.pid)) - before;
      return [
        { name: 'from exec until it listens', value: median(times.slice(1)), unit: 's', target: 1 },
        { name: 'the first time, with a CA to make', value: times[0], unit: 's' },
        { name: `processor while idle, of one core over ${bench.idle} s`, value: (used / bench.idle) * 100, unit: '%', target: 1 },
        { name: 'resident memory while idle', value: residentMiB(treeOf(proxy.pid)) * 1.048576, unit: 'MB', target: 120 },
      ];
    } finally {
      await proxy.stop();
    }
  }
}

/** As somebody gets it who installs it: published, with the dashboard. */
async function publish(bench) {
  await build();
  const folder = join(bench.folder, 'published');
  const { command, env } = findDotnet();
  await runQuietly(
    'publish',
    command,
    ['publish', hostProject, '-c', 'Release', '-o', folder, '-nologo', '-v', 'quiet', '-nodeReuse:false'],
    { env },
  );
  return folder;
}

async function withMitmWeb(bench, name, work) {
  const folder = join(bench.folder, name);
  mkdirSync(folder, { recursive: true });
  const proxy = await startMitmWeb(folder, bench.upstream, { args: bench.indexed ? [] : ['--body-index', 'off'] });
  try {
    return await work(proxy);
  } finally {
    await proxy.stop();
  }
}

const toProxy = (bench, proxy) => [...bench.common, '-proxy', `127.0.0.1:${proxy.port}`];

/**
 * The processor seconds of MitmWeb for a load, and the load's outcome. What goes on behind the last answer counts: the time ends when all is stored and indexed.
 * @param {number} before how many flows the session holds before
 */
async function usedBy(proxy, before, load, isRecorded = true) {
  const pids = treeOf(proxy.pid);
  const start = cpuSeconds(pids);
  const outcome = await load();
  if (outcome.errors > 0) throw new Error(`${outcome.errors} of ${outcome.requests} requests failed: ${JSON.stringify(outcome.failures)}`);
  const flows = async () => (await proxy.api('/state')).session.flows;
  await expectCount('flows', before + (isRecorded ? outcome.requests : 0), flows);
  await isIndexed(proxy);
  return [cpuSeconds(pids) - start, outcome];
}

/** Waits until the index of bodies holds all of them; there is nothing to wait for while it is off. */
async function isIndexed(proxy) {
  const pause = seldomer();
  for (const end = Date.now() + 600_000; Date.now() < end; await pause()) {
    const { on, done } = (await proxy.api('/state')).bodyIndex;
    if (!on || done === 1) return;
  }
  throw new Error('the index of bodies is not complete after ten minutes');
}

/** A figure of traffic that was lost, or recorded though it should not be, would mean nothing. */
async function expectCount(what, wanted, read) {
  let count = -1;
  const pause = seldomer();
  for (const end = Date.now() + 60_000; Date.now() < end; await pause()) {
    count = await read();
    if (count === wanted) return;
  }
  throw new Error(`there are ${count} ${what} instead of ${wanted}`);
}

/** Pauses between questions, each longer than the one before: answering them is work that counts. */
function seldomer() {
  let pause = 25;
  return () => {
    pause = Math.min(pause * 2, 1000);
    return delay(pause);
  };
}
