// npm test: everything. Each runner prints its own results; the last line sums them all.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, installPackages } from './build.mjs';
import { artifacts, browserTests, client, solution } from './layout.mjs';
import { checkScripts } from './lint.mjs';
import { checkNode, checkSdk, findDotnet, npm, PlainError, runMain, runOpenly } from './processes.mjs';
import { installTestPrograms } from './testPrograms.mjs';

const results = join(artifacts, 'test-results');
const dotnetResults = join(results, 'dotnet');
const counted = { passed: 0, failed: 0, skipped: 0 };
const complaints = [];

await runMain(async () => {
  checkNode();
  const dotnet = findDotnet();
  await checkSdk(dotnet);
  const runDotnet = (...args) => runOpenly(dotnet.command, args, { env: dotnet.env });
  rmSync(results, { recursive: true, force: true });
  mkdirSync(dotnetResults, { recursive: true });

  await part('Build', async () => {
    if ((await runDotnet('build', solution, '-c', 'Release', '-nologo', '-v', 'quiet', '-nodeReuse:false', '-clp:NoSummary')) !== 0) {
      throw new PlainError('the build failed');
    }
    await build();
    await installPackages(browserTests, 'the browser tests');
  });

  await part('.NET tests', async () => {
    const logger = ['--logger', 'trx', '--results-directory', dotnetResults];
    const code = await runDotnet('test', solution, '-c', 'Release', '--no-build', '-nologo', '-nodeReuse:false', ...logger);
    const texts = readdirSync(dotnetResults)
      .filter((name) => name.endsWith('.trx'))
      .map((name) => readFileSync(join(dotnetResults, name), 'utf8'));
    count('.NET tests', code, texts.map(countTrx));
    for (const name of texts.flatMap(failedInTrx)) complaints.push(`.NET test ${name}`);
  });

  await part('Dashboard tests', async () => {
    const file = join(results, 'dashboard.json');
    const [command, args] = npm('test', '--', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`);
    const code = await runOpenly(command, args, { cwd: client });
    count('dashboard tests', code, [countVitest(readResult(file))]);
  });

  await part('Browser tests', async () => {
    await installTestPrograms();
    const file = join(results, 'browser.tap');
    const reporters = [
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=tap',
      `--test-reporter-destination=${file}`,
    ];
    const tests = readdirSync(browserTests)
      .filter((name) => name.endsWith('.test.mjs'))
      .sort();
    const code = await runOpenly(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=240000', ...reporters, ...tests], {
      cwd: browserTests,
    });
    count('browser tests', code, [countTap(readResult(file) ?? '')]);
  });

  await part('Lint and formatting', async () => {
    const [command, args] = npm('run', 'lint');
    check('the lint of the dashboard', await runOpenly(command, args, { cwd: client }));
    check('the lint of the scripts', await runOpenly(...checkScripts('--error-on-warnings')));
    check('dotnet format', await runDotnet('format', solution, '--verify-no-changes', '--no-restore'));
  });

  for (const complaint of complaints) console.log(`FAILED: ${complaint}`);
  const failed = counted.failed + (counted.failed === 0 ? complaints.length : 0);
  console.log(`${counted.passed} passed, ${failed} failed${counted.skipped > 0 ? `, ${counted.skipped} skipped` : ''}`);
  return failed > 0 || complaints.length > 0 ? 1 : 0;
});

async function part(title, work) {
  const start = performance.now();
  console.log(`\n=== ${title}`);
  await work();
  console.log(`=== ${title}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function count(runner, code, sums) {
  let ran = 0;
  for (const { passed, failed, skipped } of sums) {
    counted.passed += passed;
    counted.failed += failed;
    counted.skipped += skipped;
    ran += passed + failed;
    if (passed + failed === 0) complaints.push(`${runner}: a part of them ran no test`);
  }
  if (ran === 0 && sums.length === 0) complaints.push(`${runner}: no test ran`);
  check(runner, code);
}

function check(name, code) {
  if (code !== 0) complaints.push(`${name} (exit code ${code})`);
}

function readResult(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function countTrx(text) {
  const counters = /<Counters ([^>]*)\/>/.exec(text)?.[1] ?? '';
  const read = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(counters)?.[1] ?? 0);
  const [total, executed, passed] = [read('total'), read('executed'), read('passed')];
  return { passed, failed: executed - passed, skipped: total - executed };
}

function failedInTrx(text) {
  const results = text.match(/<UnitTestResult [^>]*outcome="Failed"[^>]*>/g) ?? [];
  return results.map((result) => (/testName="([^"]*)"/.exec(result)?.[1] ?? result).replaceAll('&quot;', '"'));
}

function countVitest(text) {
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = JSON.parse(text ?? '{}');
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
}

function countTap(text) {
  const read = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return { passed: read('pass'), failed: read('fail') + read('cancelled'), skipped: read('skipped') + read('todo') };
}
