import { useEffect, useRef } from 'react';
import type { BodyMatch } from '../../api/types';
import { en } from '../../strings/en';
import { useFixedWindow } from '../../traffic/fixedWindow';
import classes from './BodyView.module.css';
import type { BodySource } from './bodySource';
import { bytesPerLine, hexCells, hexLineCount, hexOffset, printable } from './hex';
import { matchesBetween } from './RowsView';
import { useBlocks } from './useBlocks';
import { useBodyRows } from './useBodyRows';

const lineHeight = 19;
const blockSize = 64 * 1024;

const rangeOf = (block: number, length: number): [start: number, end: number] => [
  block * blockSize,
  Math.min((block + 1) * blockSize, length),
];

interface Props {
  source: BodySource;
  matches: readonly BodyMatch[];
  current: BodyMatch | null;
  label: string;
}

/** The bytes of a body of any length. */
export function HexView({ source, matches, current, label }: Props) {
  const { id, side, part } = source;
  const { rows } = useBodyRows(source, part.total === null);
  const length = part.total ?? rows?.length ?? part.bytes.length;
  const blocks = useBlocks(id, side, part.bytes);
  const scroller = useRef<HTMLElement>(null);
  const view = useFixedWindow(scroller, hexLineCount(length), lineHeight);
  const { start, end, scrollTo } = view;

  useEffect(() => {
    const last = Math.floor((end * bytesPerLine - 1) / blockSize);
    for (let block = Math.floor((start * bytesPerLine) / blockSize); block <= last; block++) {
      if (block >= 0 && block * blockSize < length) blocks.fetch(...rangeOf(block, length)).catch(() => {});
    }
  }, [start, end, length, blocks.fetch]);

  useEffect(() => {
    if (current) scrollTo(Math.floor(current.at / bytesPerLine), true);
  }, [current, scrollTo]);

  const lines = [];
  for (let number = start; number < end; number++) {
    const at = number * bytesPerLine;
    const bytes = blocks.get(...rangeOf(Math.floor(at / blockSize), length));
    const within = at % blockSize;
    const line = bytes?.subarray(within, within + bytesPerLine) ?? new Uint8Array();
    const here = matchesBetween(matches, at, at + bytesPerLine);
    lines.push(
      <div key={number} className={classes.hexLine}>
        <span className={classes.hexOffset}>{hexOffset(at)}</span>
        {here.length === 0 ? (
          <>
            <span>{hexCells(line)}</span>
            <span className={classes.hexText}>{printable(line)}</span>
          </>
        ) : (
          <MarkedLine bytes={line} at={at} matches={here} current={current} />
        )}
      </div>,
    );
  }
  return (
    <>
      {blocks.failed && (
        <p className={classes.note} role="alert">
          {en.body.failed}: {blocks.failed}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys. */}
      <section ref={scroller} className={classes.hex} aria-label={label} tabIndex={0} data-testid="body-hex">
        <div style={{ height: view.scrollHeight, position: 'relative' }}>
          <div style={{ transform: `translateY(${view.top}px)` }}>{lines}</div>
        </div>
      </section>
    </>
  );
}

interface MarkedLineProps {
  bytes: Uint8Array;
  at: number;
  matches: readonly BodyMatch[];
  current: BodyMatch | null;
}

function MarkedLine({ bytes, at, matches, current }: MarkedLineProps) {
  const cells = hexCells(bytes);
  const text = printable(bytes);
  const stateOf = (i: number): 'none' | 'match' | 'current' => {
    const match = matches.find((one) => one.at <= at + i && at + i < one.at + one.length);
    return !match ? 'none' : match.at === current?.at ? 'current' : 'match';
  };
  const states = Array.from(bytes, (_, i) => stateOf(i));
  const draw = (i: number, content: string) =>
    states[i] === 'none' ? content : <mark data-current={states[i] === 'current'}>{content}</mark>;
  const numbered = states.map((_, i) => i);
  return (
    <>
      <span>
        {numbered.map((i) => (
          <span key={i}>
            {draw(i, cells.slice(i * 3 + (i > 7 ? 1 : 0), i * 3 + (i > 7 ? 1 : 0) + 2))}
            {i === 7 ? '  ' : i < 15 ? ' ' : ''}
          </span>
        ))}
        {cells.slice(bytes.length * 3 + (bytes.length > 8 ? 1 : 0))}
      </span>
      <span className={classes.hexText}>
        {numbered.map((i) => (
          <span key={i}>{draw(i, text[i] ?? '')}</span>
        ))}
      </span>
    </>
  );
}
