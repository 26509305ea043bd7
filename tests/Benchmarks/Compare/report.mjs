// The outcome for people (Markdown) and for programs (JSON).
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/layout.mjs';

const page = join(root, 'docs', 'performance.md');
const begin = '<!-- npm run bench -- --save writes what follows -->';
const end = '<!-- until here -->';

/** Which machine it was, without its name. */
export function describeMachine() {
  const all = cpus();
  return `${all.length} × ${all[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split('-')[0]}, Node ${process.versions.node}`;
}

/** A table for each scenario; each figure is the median of the rounds. */
export function tables({ results, figures }, scenarios) {
  return scenarios
    .map((scenario) => {
      const mine = figures.filter((one) => one.scenario === scenario.name);
      if (mine.length > 0) return targetTable(scenario, mine);
      const rows = results.filter((one) => one.scenario === scenario.name);
      const programs = [...new Set(rows.map((one) => one.program))];
      const columns = scenario.isBulk
        ? ['MB/s', 'CPU ms/MiB', 'peak MiB', 'errors']
        : ['requests/s', 'p50 ms', 'p99 ms', 'CPU ms/request', 'peak MiB', 'errors'];
      const lines = programs.map((program) => {
        const mine = rows.filter((one) => one.program === program);
        const of = (value) => median(mine.map(value).filter((one) => one !== null && one !== undefined));
        const cells = scenario.isBulk
          ? [of((one) => one.bytes / 1e6 / one.seconds), of((one) => one.msPerMiB)]
          : [of((one) => one.perSecond), of((one) => one.p50Ms), of((one) => one.p99Ms), of((one) => one.msPerRequest)];
        const errors = mine.reduce((sum, one) => sum + one.errors, 0);
        return `| ${[mine[0].title, ...[...cells, of((one) => one.peakMiB)].map(figure), errors].join(' | ')} |`;
      });
      return [`### ${scenario.title}`, '', `| | ${columns.join(' | ')} |`, `|---|${columns.map(() => '---|').join('')}`, ...lines, ''].join(
        '\n',
      );
    })
    .join('\n');
}

/** A figure with its unit, its target, and whether that holds. */
export function figureText({ value, unit, target }) {
  return `${figure(value)} ${unit}${target === undefined ? '' : `, target ${target} ${unit}: ${verdict(value, target)}`}`;
}

function targetTable({ title }, figures) {
  const lines = figures.map(({ name, value, unit, target }) =>
    target === undefined
      ? `| ${name} | ${figure(value)} ${unit} | | |`
      : `| ${name} | ${figure(value)} ${unit} | ${target} ${unit} | ${verdict(value, target)} |`,
  );
  return [`### ${title}`, '', '| | measured | target | |', '|---|---|---|---|', ...lines, ''].join('\n');
}

const verdict = (value, target) => (value <= target ? 'holds' : 'MISSED');

/** Puts the tables into docs/performance.md and all figures into docs/performance.json. */
export function save(report, scenarios) {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has lost the lines between which the figures stand: ${begin} … ${end}`);
  const figures = `${report.machine}. Medians of ${report.options.rounds} rounds.\n\n${tables(report, scenarios)}`;
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${figures}\n${text.slice(to)}`);
  writeFileSync(join(root, 'docs', 'performance.json'), `${JSON.stringify(report, null, 2)}\n`);
}

/** The value in the middle; null without any. */
export function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function figure(value) {
  if (value === null) return '–';
  // What is nearer to nothing than any of these figures is exact comes from dividing.
  if (Math.abs(value) < 1e-6) return '0';
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
