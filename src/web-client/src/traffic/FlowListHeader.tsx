import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type PointerEvent, useState } from 'react';
import { formatDuration } from '../format/format';
import { en } from '../strings/en';
import {
  type Column,
  type ColumnFit,
  type ColumnKey,
  type ColumnWidths,
  clampWidth,
  nextSort,
  sortOf,
} from './columns';
import classes from './FlowList.module.css';

interface Props {
  fit: ColumnFit;
  /** What the person has set. */
  widths: ColumnWidths;
  onWidths(widths: ColumnWidths): void;
  /** What the width of the waterfall stands for, in milliseconds; null without one. */
  waterfallMs: number | null;
  sort: string;
  onSort(sort: string): void;
  /** A column is to stand where another one does. */
  onMove(key: ColumnKey, to: ColumnKey): void;
  onMenu(key: ColumnKey, position: { x: number; y: number }): void;
}

export function FlowListHeader({ fit, widths, onWidths, waterfallMs, sort, onSort, onMove, onMenu }: Props) {
  const { visible } = fit;
  const [dragged, setDragged] = useState<ColumnKey | null>(null);
  const [over, setOver] = useState<ColumnKey | null>(null);
  const pathAt = visible.findIndex((column) => column.key === 'path');

  const startResize = (event: PointerEvent<HTMLElement>, key: ColumnKey, direction: 1 | -1) => {
    event.preventDefault();
    event.stopPropagation();
    const handle = event.currentTarget;
    const width = fit.widths[visible.findIndex((column) => column.key === key)];
    if (width === undefined) return;
    const start = { x: event.clientX, width };
    handle.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) =>
      onWidths({ ...widths, [key]: clampWidth(start.width + (moved.clientX - start.x) * direction) });
    const end = () => {
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', end);
      handle.removeEventListener('pointercancel', end);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', end);
    handle.addEventListener('pointercancel', end);
  };

  const reset = (key: ColumnKey) => {
    const { [key]: _, ...rest } = widths;
    onWidths(rest);
  };

  return (
    <div className={classes.header} role="row" aria-rowindex={1}>
      {visible.map((column, i) => {
        // The path takes what is left, so that a column at its right is resized from its own left edge: the handle
        // sits on the same line, at the end of the column before it.
        const resized = i < pathAt ? column : visible[i + 1];
        const direction = i < pathAt ? 1 : -1;
        const sorted = sortOf(column, sort);
        const next = nextSort(column, sort);
        const name = en.list.column[column.key];
        return (
          <div
            key={column.key}
            className={classes.headerCell}
            role="columnheader"
            aria-sort={sorted ?? 'none'}
            data-align={column.align}
            data-column={column.key}
            data-drop={dropSide(visible, dragged, over === column.key ? over : null)}
            onContextMenu={(event) => {
              event.preventDefault();
              event.stopPropagation();
              onMenu(column.key, { x: event.clientX, y: event.clientY });
            }}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(column.key);
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null) onMove(dragged, column.key);
            }}
          >
            <button
              type="button"
              className={classes.sort}
              title={`${en.list.sortHint(name, next === '' ? null : next.startsWith('-'))}; ${en.list.headerHint}`}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/plain', name);
                setDragged(column.key);
              }}
              onDragEnd={() => {
                setDragged(null);
                setOver(null);
              }}
              onClick={() => onSort(next)}
            >
              <span>{name}</span>
              {column.key === 'waterfall' && waterfallMs !== null && <small>{formatDuration(waterfallMs)}</small>}
              {sorted === 'ascending' && <IconArrowUp size={12} aria-hidden="true" />}
              {sorted === 'descending' && <IconArrowDown size={12} aria-hidden="true" />}
            </button>
            {resized && (
              // biome-ignore lint/a11y/noStaticElementInteractions: a nicety for the mouse; nothing is lost without it.
              <span
                className={classes.handle}
                title={en.list.resize(en.list.column[resized.key])}
                onPointerDown={(event) => startResize(event, resized.key, direction)}
                onDoubleClick={() => reset(resized.key)}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

/** At which side of a column the one that is dragged would come to stand. */
function dropSide(visible: readonly Column[], dragged: ColumnKey | null, over: ColumnKey | null) {
  if (dragged === null || over === null || dragged === over) return undefined;
  const at = (key: ColumnKey) => visible.findIndex((column) => column.key === key);
  return at(dragged) < at(over) ? 'end' : 'start';
}
