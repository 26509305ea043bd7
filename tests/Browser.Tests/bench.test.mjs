// npm run bench in its shortest form: that it works, not how fast anything is.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { comparison } from '../../scripts/layout.mjs';
import { findTestProgram } from '../../scripts/testPrograms.mjs';

const missing = ['go', 'nginx'].filter((name) => !findTestProgram(name));

test('the comparison measures, and holds figures against their targets', {
  skip: missing.length > 0 && `it needs ${missing.join(' and ')}`,
}, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(comparison, 'compare.mjs'),
    ...['--scenarios', '1k,record,growth,start', '--programs', 'direct,mitmweb', '--rounds', '1', '--seconds', '0.3'],
    ...['--flows', '900', '--window', '300', '--idle', '0.5', '--built', '--unindexed'],
  ]);
  const rows = stdout.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const row = (name) => rows.find((cells) => cells[1]?.startsWith(name)) ?? assert.fail(`there is no line “${name}” in\n${stdout}`);
  for (const program of ['no proxy', 'MitmWeb']) {
    const [, , perSecond, p50, , , , errors] = row(program);
    assert.ok(Number(perSecond.replaceAll(',', '')) > 0 && Number(p50) > 0, stdout);
    assert.equal(errors, '0', stdout);
  }
  for (const [name, unit, target] of [
    ['processor time of recording', 'µs', '20 µs'],
    ['dearer than the first: the last 300 of 900 flows', '%', '10 %'],
    ['from exec until it listens', 's', '1 s'],
    ['processor while idle', '%', '1 %'],
    ['resident memory while idle', 'MB', '120 MB'],
  ]) {
    const [, , measured, wanted, verdict] = row(name);
    assert.match(measured, new RegExp(`^-?[0-9.,]+ ${unit}$`));
    assert.deepEqual(
      [wanted, verdict],
      [target, Number.parseFloat(measured.replaceAll(',', '')) <= Number.parseFloat(target) ? 'holds' : 'MISSED'],
    );
  }
});
