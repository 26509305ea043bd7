// Compares MitmWeb with what else is installed, on this machine, in one run, each scenario with all of them in turn.
// Some scenarios are about MitmWeb alone and have targets (targets.mjs).
// npm run bench -- --help
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build, release } from '../../../scripts/build.mjs';
import { findProgram, PlainError, runMain } from '../../../scripts/processes.mjs';
import { findTestProgram } from '../../../scripts/testPrograms.mjs';
import { buildLoad, checkFor, runLoad } from './load.mjs';
import { programs, useHost } from './programs.mjs';
import { describeMachine, figureText, save, tables } from './report.mjs';
import { scenarios } from './scenarios.mjs';
import { held } from './targets.mjs';
import { startUpstream } from './upstream.mjs';
import { cpuSeconds, machineSeconds, peakMiB, resetPeak, residentMiB, treeOf } from './usage.mjs';

const allScenarios = [...scenarios, ...held].map((one) => one.name).join(',');
const allPrograms = Object.keys(programs).join(',');
const usage = `npm run bench -- [options]

  --scenarios NAMES  which (default: all): ${allScenarios}
  --programs NAMES   with which programs (default: all that are installed): ${allPrograms}
  --rounds N         how often each, in turn (default: 3)
  --seconds N        how long each (default: 8)
  --save             write the tables into docs/performance.md and the figures into docs/performance.json
  --built            measure the build of npm start instead of the release, which takes longer to make
  --flows N          “growth”: how many flows there are in the end (default: 100000)
  --long             “growth”: a million of them
  --window N         “growth”: how many flows the first and the last are (default: 10000)
  --unindexed        “record” and “growth”: without the index of bodies, which takes its time
  --idle N           “start”: for how many seconds the idle process is watched (default: 30)
  --help             this text`;

const options = readOptions();
if (options.help) console.log(usage);
else await runMain(main);

function readOptions() {
  const text = (value) => ({ type: 'string', ...(value === undefined ? {} : { default: value }) });
  const flag = { type: 'boolean', default: false };
  try {
    return parseArgs({
      options: {
        scenarios: text(allScenarios),
        programs: text(allPrograms),
        rounds: text('3'),
        seconds: text('8'),
        flows: text(),
        window: text('10000'),
        idle: text('30'),
        save: flag,
        long: flag,
        unindexed: flag,
        built: flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

async function main() {
  const chosen = pick(options.scenarios, [...scenarios, ...held], 'scenario');
  const compared = chosen.filter((one) => scenarios.includes(one));
  const wanted = pick(
    options.programs,
    Object.entries(programs).map(([name, program]) => ({ name, ...program })),
    'program',
  );
  const folder = mkdtempSync(join(tmpdir(), 'mitmweb-bench-'));
  const running = [];
  let upstream;
  try {
    useHost(await (options.built ? build() : release()));
    const load = await buildLoad(required('go', 'golang-go'), folder);
    const files = compared.map((one) => one.file).filter(Boolean);
    upstream = await startUpstream(folder, required('nginx', 'nginx-light'), files);
    const figures = await hold(
      chosen.filter((one) => held.includes(one)),
      { folder, upstream, load },
    );
    for (const { name, title, start, missing } of compared.length > 0 ? wanted : []) {
      const reason = missing?.();
      if (reason) {
        console.error(`${title} is left out: ${reason}`);
        continue;
      }
      const own = join(folder, name);
      mkdirSync(own, { recursive: true });
      running.push({ name, title, ...(await start(own, upstream)) });
    }
    if (running.length > 0) await delay(2000);
    for (const one of running) one.idleMiB = one.pid ? residentMiB(treeOf(one.pid)) : null;

    const results = [];
    for (let round = 1; round <= Number(options.rounds); round++) {
      for (const scenario of compared) {
        for (const program of running) {
          if (scenario.once && round > 1) continue;
          if (scenario.cannot?.[program.name]) {
            if (round === 1) console.error(`${scenario.name} ${program.title}: left out, ${scenario.cannot[program.name]}`);
            continue;
          }
          const result = { round, ...(await measure(load, scenario, program, upstream)) };
          results.push(result);
          console.error(line(result));
        }
      }
    }

    const report = { machine: describeMachine(), options, results, figures };
    console.log(tables(report, chosen));
    if (options.save) save(report, chosen);
    const failed = results.filter((one) => one.errors > 0);
    for (const one of failed) console.error(`${one.program}, ${one.scenario}: ${one.errors} errors: ${JSON.stringify(one.failures)}`);
    return failed.length > 0 ? 1 : 0;
  } finally {
    for (const one of running) await one.stop();
    upstream?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Measures what has targets, before there is anything else that could disturb it. */
async function hold(chosen, { folder, upstream, load }) {
  const common = ['-url', `https://localhost:${upstream.port}/1k.json`, ...checkFor(load, join(upstream.folder, '1k.json'))];
  const [rounds, seconds, window, idle] = ['rounds', 'seconds', 'window', 'idle'].map((name) => Number(options[name]));
  const flows = Number(options.flows ?? (options.long ? 1_000_000 : 100_000));
  const figures = [];
  for (const { name, run } of chosen) {
    for (const figure of await run({
      folder,
      upstream,
      load,
      common,
      rounds,
      seconds,
      flows,
      window,
      idle,
      indexed: !options.unindexed,
    })) {
      figures.push({ scenario: name, ...figure });
      console.error(`${name}: ${figure.name}: ${figureText(figure)}`);
    }
  }
  return figures;
}

async function measure(load, scenario, program, upstream) {
  const port = program.isProxy || !program.port ? (scenario.path ? upstream.livePort : upstream.port) : program.port;
  const address = `https://localhost:${port}${scenario.path ?? `/${scenario.file}`}`;
  const body = scenario.file ? checkFor(load, join(upstream.folder, scenario.file)) : [];
  const common = ['-url', address, ...(program.isProxy ? ['-proxy', `127.0.0.1:${program.port}`] : []), ...body];
  const seconds = Number(options.seconds);
  if (!scenario.once && !scenario.path && scenario.name !== '1g') await runLoad(load, [...common, ...scenario.args(Math.min(2, seconds))]);

  const before = program.pid ? treeOf(program.pid) : [];
  resetPeak(before);
  const [cpu, server, machine, start] = [
    cpuSeconds(before),
    cpuSeconds(upstream.pids.flatMap(treeOf)),
    machineSeconds(),
    performance.now(),
  ];
  const outcome = await runLoad(load, [...common, ...scenario.args(seconds)]);

  // Work that goes on behind the last answer (the store) counts as well.
  await delay(500);
  const after = program.pid ? treeOf(program.pid) : [];
  const proxySeconds = cpuSeconds(after) - cpu;
  const serverSeconds = cpuSeconds(upstream.pids.flatMap(treeOf)) - server;
  return {
    scenario: scenario.name,
    program: program.name,
    title: program.title,
    ...outcome,
    wall: (performance.now() - start) / 1000,
    proxySeconds,
    msPerRequest: program.pid ? (proxySeconds * 1000) / outcome.requests : null,
    msPerMiB: program.pid ? (proxySeconds * 1000) / (outcome.bytes / 1048576) : null,
    serverSeconds,
    peakMiB: program.pid ? peakMiB(after) : null,
    idleMiB: program.idleMiB,
    othersSeconds: machineSeconds() - machine - proxySeconds - serverSeconds - outcome.cpuSeconds,
  };
}

function required(name, debian) {
  const path = findProgram(name) ?? findTestProgram(name);
  if (!path) throw new PlainError(`the comparison needs ${name}: on Debian or Ubuntu, sudo apt-get install ${debian}`);
  return path;
}

function pick(text, all, what) {
  return text.split(',').map((name) => {
    const found = all.find((one) => one.name === name);
    if (!found) throw new PlainError(`there is no ${what} '${name}'; there are ${all.map((one) => one.name).join(', ')}`);
    return found;
  });
}

function line(result) {
  const figure = (value, unit) => (value === null || value === undefined ? '' : ` ${value.toPrecision(3)} ${unit}`);
  return `${result.scenario} ${result.title}:${figure(result.perSecond, '/s')}${figure(result.msPerRequest, 'ms CPU')}${figure(result.p99Ms, 'ms p99')}${figure(result.peakMiB, 'MiB')}${result.errors > 0 ? ` ${result.errors} ERRORS` : ''}${figure(result.othersSeconds, 's others')}`;
}
