import { useMemo, useState } from 'react';
import { formatCount } from '../../format/format';
import { en } from '../../strings/en';
import classes from './DiffTab.module.css';
import { changedPart, type LineEdit } from './diffLines';
import { hunksOf, pairsOf } from './hunks';

interface Props {
  left: readonly string[];
  right: readonly string[];
  edits: readonly LineEdit[];
}

/** So many lines are drawn at first; the rest on demand. */
const firstDrawn = 2000;
/** Longer lines are cut, here alone. */
const maxLine = 5000;

/** Two texts as one list of lines, with what is equal folded. */
export function LineDiff({ left, right, edits }: Props) {
  const hunks = useMemo(() => hunksOf(edits), [edits]);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [most, setMost] = useState(firstDrawn);
  let room = most;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
    <section className={classes.lines} tabIndex={0} aria-label={en.diff.lines}>
      {hunks.map((hunk, i) => {
        if (room <= 0) return null;
        if (hunk.kind === 'folded' && !opened.has(i))
          return (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: they are those of one comparison.
              key={i}
              type="button"
              className={classes.fold}
              onClick={() => setOpened(new Set([...opened, i]))}
            >
              {en.diff.equalLines(hunk.edits.length)}
            </button>
          );
        const drawn = hunk.edits.slice(0, room);
        room -= drawn.length;
        // biome-ignore lint/suspicious/noArrayIndexKey: as above.
        return <Lines key={i} left={left} right={right} edits={drawn} />;
      })}
      {room <= 0 && (
        <button type="button" className={classes.fold} onClick={() => setMost(most * 4)}>
          {en.diff.moreLines(formatCount(most))}
        </button>
      )}
    </section>
  );
}

function Lines({ left, right, edits }: Props) {
  const pairs = useMemo(() => pairsOf(edits), [edits]);
  const textOf = (edit: LineEdit) => (edit.kind === 'added' ? right[edit.right] : left[edit.left]) ?? '';
  return edits.map((edit, i) => {
    const text = textOf(edit).slice(0, maxLine);
    const other = pairs.get(i);
    const pair = other === undefined ? undefined : edits[other];
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one comparison stay.
      <div key={i} className={classes.line} data-kind={edit.kind}>
        <span className={classes.number}>{edit.kind === 'added' ? '' : edit.left + 1}</span>
        <span className={classes.number}>{edit.kind === 'removed' ? '' : edit.right + 1}</span>
        <span className={classes.sign}>{edit.kind === 'added' ? '+' : edit.kind === 'removed' ? '−' : ''}</span>
        <code>{pair ? <Changed text={text} other={textOf(pair).slice(0, maxLine)} /> : text}</code>
      </div>
    );
  });
}

/** A line with the part that differs from another one made strong. */
export function Changed({ text, other }: { text: string; other: string }) {
  const { start, leftEnd } = changedPart(text, other);
  return (
    <>
      {text.slice(0, start)}
      <mark>{text.slice(start, leftEnd)}</mark>
      {text.slice(leftEnd)}
    </>
  );
}
