import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { FlowRow } from '../api/types';
import classes from './FlowList.module.css';
import { type TimeRange, waterfallBar } from './waterfall';

interface Props {
  rows: readonly { index: number; row: FlowRow | undefined }[];
  /** What the width stands for. */
  range: TimeRange;
  rowHeight: number;
  /** How many rows are drawn at most. */
  slots: number;
  /** Where the first of the rows and the column are, and how wide that is, in pixels of the list. */
  top: number;
  left: number;
  width: number;
  now: number;
}

const padding = 8;
const tokens = ['--phase-wait', '--phase-receive', '--cat-error', '--phase-send'] as const;

/**
 * The bars of all rows that are drawn, on one canvas. What they are relative to changes with each row that scrolls in; as elements of the rows, all
 * rows would have to be laid out and painted again for it.
 */
export function Waterfall({ rows, range, rowHeight, slots, top, left, width, now }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colors = useTokens();
  const ratio = window.devicePixelRatio;
  const inner = Math.max(0, width - 2 * padding);
  const height = slots * rowHeight;

  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    const first = rows[0]?.index;
    if (!context || first === undefined) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, inner, height);
    const barHeight = Math.round(rowHeight * 0.36);
    for (const { index, row } of rows) {
      if (!row) continue;
      const bar = waterfallBar(row, range, inner, now);
      const y = (index - first) * rowHeight + Math.round((rowHeight - barHeight) / 2);
      context.fillStyle =
        row.state === 'error' ? colors[2] : row.ttfbMs === null && row.kind !== 'http' ? colors[3] : colors[0];
      context.fillRect(bar.left, y, bar.wait, barHeight);
      context.fillStyle = row.state === 'error' ? colors[2] : colors[1];
      context.fillRect(bar.left + bar.wait, y, bar.receive, barHeight);
    }
  });

  return (
    <canvas
      ref={canvas}
      className={classes.waterfallBars}
      width={Math.round(inner * ratio)}
      height={Math.round(height * ratio)}
      style={{ left: left + padding, transform: `translateY(${top}px)`, width: inner, height }}
      data-testid="waterfall"
    />
  );
}

/** The colours of the theme, which a canvas cannot take from the style sheet by itself. */
function useTokens(): [string, string, string, string] {
  const [colors, setColors] = useState(readTokens);
  useEffect(() => {
    const observer = new MutationObserver(() => setColors(readTokens()));
    observer.observe(document.documentElement, { attributes: true });
    return () => observer.disconnect();
  }, []);
  return colors;
}

function readTokens(): [string, string, string, string] {
  const style = getComputedStyle(document.documentElement);
  const [wait, receive, error, none] = tokens.map((name) => style.getPropertyValue(name));
  return [wait ?? '', receive ?? '', error ?? '', none ?? ''];
}
