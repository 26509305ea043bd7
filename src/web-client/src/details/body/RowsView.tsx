import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { BodyMatch } from '../../api/types';
import { formatCount } from '../../format/format';
import { en } from '../../strings/en';
import { useFixedWindow } from '../../traffic/fixedWindow';
import classes from './BodyView.module.css';
import type { BodySource } from './bodySource';
import { markBefore, type RowMark, rowStarts } from './rows';
import { useBlocks } from './useBlocks';
import { useBodyRows } from './useBodyRows';

const rowHeight = 19;
const maxRow = 256;
/** What is drawn of the part that is there before the server has gone through the body. */
const firstRows = 64 * 1024;
const startMark: RowMark = { at: 0, row: 0, line: 1, continued: false };

interface Props {
  source: BodySource;
  matches: readonly BodyMatch[];
  current: BodyMatch | null;
  label: string;
}

/** A text of any length: the rows that are seen are read by ranges of bytes. */
export function RowsView({ source, matches, current, label }: Props) {
  const { id, side, charset, part } = source;
  const { rows, failed } = useBodyRows(source, true);
  const marks = useMemo(() => rows?.marks ?? [startMark], [rows]);
  const total = rows?.length ?? Math.min(firstRows, part.bytes.length);

  const blocks = useBlocks(id, side, part.bytes);
  const rangeOf = useCallback(
    (block: number): [start: number, end: number] => [marks[block]?.at ?? 0, marks[block + 1]?.at ?? total],
    [marks, total],
  );
  const starts = useRef(new WeakMap<Uint8Array, number[]>());
  const startsOf = useCallback((bytes: Uint8Array) => {
    const known = starts.current.get(bytes) ?? rowStarts(bytes, maxRow);
    starts.current.set(bytes, known);
    return known;
  }, []);

  const first = blocks.get(...rangeOf(0));
  const count = rows ? rows.rows : first ? startsOf(first).length - 1 : 0;
  const scroller = useRef<HTMLElement>(null);
  const view = useFixedWindow(scroller, count, rowHeight);
  const { start, end, scrollTo } = view;

  useEffect(() => {
    for (let block = markBefore(marks, 'row', start); block < marks.length; block++) {
      if ((marks[block]?.row ?? 0) >= Math.max(end, 1)) break;
      blocks.fetch(...rangeOf(block)).catch(() => {});
    }
  }, [marks, rangeOf, start, end, blocks.fetch]);

  useEffect(() => {
    if (!current || !rows) return;
    let wanted = true;
    const block = markBefore(marks, 'at', current.at);
    const mark = marks[block] ?? startMark;
    blocks.fetch(...rangeOf(block)).then(
      (bytes) => {
        const within = startsOf(bytes).findLastIndex((at) => mark.at + at <= current.at);
        if (wanted) scrollTo(mark.row + Math.max(0, within), true);
      },
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [current, rows, marks, rangeOf, blocks.fetch, startsOf, scrollTo]);

  const numberWidth = `${Math.max(3, String(rows?.lines ?? count).length) + 3}ch`;
  const drawn = [];
  const decoder = new TextDecoder(charset);
  for (let row = start; row < end; row++) {
    const block = markBefore(marks, 'row', row);
    const mark = marks[block] ?? startMark;
    const bytes = blocks.get(...rangeOf(block));
    if (!bytes) {
      drawn.push(<div key={row} className={classes.row} data-waiting="true" />);
      continue;
    }
    const cuts = startsOf(bytes);
    const index = row - mark.row;
    const [from, to] = [cuts[index] ?? bytes.length, cuts[index + 1] ?? bytes.length];
    const continued = index === 0 ? mark.continued : bytes[from - 1] !== 0x0a;
    drawn.push(
      <div key={row} className={classes.row}>
        <span className={classes.rowNumber} style={{ width: numberWidth }}>
          {continued ? '' : lineOf(bytes, cuts, index, mark)}
        </span>
        <Marked
          bytes={bytes.subarray(from, to)}
          at={mark.at + from}
          decoder={decoder}
          matches={matches}
          current={current}
        />
      </div>,
    );
  }
  const problem = failed ?? blocks.failed;
  return (
    <>
      {problem && (
        <p className={classes.note} role="alert">
          {en.body.failed}: {problem}
        </p>
      )}
      <section
        ref={scroller}
        className={classes.rows}
        aria-label={label}
        data-testid="body-rows"
        data-rows={rows ? rows.rows : undefined}
        title={rows ? en.body.lines(formatCount(rows.lines)) : undefined}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
        tabIndex={0}
      >
        <div style={{ height: view.scrollHeight, position: 'relative' }}>
          <div className={classes.rowsMoved} style={{ transform: `translateY(${view.top}px)` }}>
            {drawn}
          </div>
        </div>
      </section>
    </>
  );
}

const feedsOf = new WeakMap<Uint8Array, number[]>();

/** The number of the line that a row of a block is of. */
function lineOf(bytes: Uint8Array, cuts: readonly number[], index: number, mark: RowMark): number {
  let feeds = feedsOf.get(bytes);
  if (!feeds) {
    let count = 0;
    feeds = cuts.map((at, i) => {
      if (i > 0 && bytes[at - 1] === 0x0a) count++;
      return count;
    });
    feedsOf.set(bytes, feeds);
  }
  return mark.line + (feeds[index] ?? 0);
}

interface MarkedProps {
  bytes: Uint8Array;
  /** Where they are in the body. */
  at: number;
  decoder: TextDecoder;
  matches: readonly BodyMatch[];
  current: BodyMatch | null;
}

/** The text of a row, with what was found in it. */
function Marked({ bytes, at, decoder, matches, current }: MarkedProps) {
  const end = at + bytes.length;
  const text = (from: number, to: number) => decoder.decode(bytes.subarray(from - at, to - at)).replace(/\r?\n$/, '');
  const here = matchesBetween(matches, at, end);
  if (here.length === 0) return <span>{text(at, end)}</span>;
  const pieces = [];
  let done = at;
  for (const match of here) {
    const [from, to] = [Math.max(match.at, done), Math.min(match.at + match.length, end)];
    if (to <= from) continue;
    pieces.push(text(done, from));
    pieces.push(
      <mark key={from} data-current={match.at === current?.at}>
        {text(from, to)}
      </mark>,
    );
    done = to;
  }
  pieces.push(text(done, end));
  return <span>{pieces}</span>;
}

/** The matches that touch a stretch of bytes. */
export function matchesBetween(matches: readonly BodyMatch[], from: number, to: number): BodyMatch[] {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const match = matches[middle];
    if (match && match.at + match.length <= from) low = middle + 1;
    else high = middle;
  }
  const here: BodyMatch[] = [];
  for (let i = low; i < matches.length; i++) {
    const match = matches[i];
    if (!match || match.at >= to) break;
    here.push(match);
  }
  return here;
}
