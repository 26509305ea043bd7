import { Menu } from '@mantine/core';
import { type MouseEvent, useRef, useState } from 'react';
import { copyText } from '../../copy/clipboard';
import { formatCount } from '../../format/format';
import { ContextMenu } from '../../shell/ContextMenu';
import { en } from '../../strings/en';
import { useFixedWindow } from '../../traffic/fixedWindow';
import classes from './BodyView.module.css';
import type { Table } from './tables';

const rowHeight = 24;
const headHeight = 26;
const charWidth = 7.3;

/** How wide each column has to be for what is in its first rows. */
function widthsOf({ columns, rows }: Table): number[] {
  return columns.map((name, column) => {
    const longest = rows.slice(0, 200).reduce((most, row) => Math.max(most, row[column]?.length ?? 0), name.length);
    return Math.round(Math.min(Math.max(longest, 4), 60) * charWidth + 26);
  });
}

/** Rows and columns of any number. */
export function TableView({ table, label }: { table: Table; label: string }) {
  const scroller = useRef<HTMLElement>(null);
  const [menu, setMenu] = useState<{ row: readonly string[]; column: number; x: number; y: number } | null>(null);
  const view = useFixedWindow(scroller, table.rows.length, rowHeight, headHeight);
  const widths = widthsOf(table);
  const template = `52px ${widths.map((width, i) => (i === widths.length - 1 ? `minmax(${width}px, 1fr)` : `${width}px`)).join(' ')}`;
  const minWidth = 52 + widths.reduce((sum, width) => sum + width, 0);
  const style = { gridTemplateColumns: template, minWidth };
  const openMenu = (event: MouseEvent, row: readonly string[], column: number) => {
    // Selected text gets the browser's own menu.
    if (window.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    setMenu({ row, column, x: event.clientX, y: event.clientY });
  };
  const rows = [];
  for (let i = view.start; i < view.end; i++) {
    const row = table.rows[i];
    if (!row) break;
    rows.push(
      <div key={i} role="row" aria-rowindex={i + 2} className={classes.tableRow} style={style}>
        <span role="rowheader" className={classes.tableNumber}>
          {i + 1}
        </span>
        {table.columns.map((name, column) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat.
            key={column}
            role="cell"
            title={row[column]}
            aria-label={row[column] === '' ? `${name}: –` : undefined}
            onContextMenu={(event) => openMenu(event, row, column)}
          >
            {row[column]}
          </span>
        ))}
      </div>,
    );
  }
  return (
    <section
      ref={scroller}
      className={classes.table}
      role="table"
      aria-label={label}
      aria-rowcount={table.rows.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
      tabIndex={0}
      data-testid="body-table"
    >
      <div role="row" className={classes.tableHead} style={{ ...style, height: headHeight }}>
        <span role="columnheader" className={classes.tableNumber}>
          #
        </span>
        {table.columns.map((name, column) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat.
          <span key={column} role="columnheader" title={name}>
            {name}
          </span>
        ))}
      </div>
      <div style={{ height: view.scrollHeight, position: 'relative', minWidth }}>
        <div style={{ transform: `translateY(${view.top}px)` }}>{rows}</div>
      </div>
      <ContextMenu at={menu} onClose={() => setMenu(null)}>
        {menu && (
          <>
            <Menu.Item onClick={() => copyText(menu.row[menu.column] ?? '')}>{en.menu.copyValue}</Menu.Item>
            <Menu.Item onClick={() => copyText(menu.row.join('\t'))}>{en.table.copyRow}</Menu.Item>
            <Menu.Item onClick={() => copyText(table.rows.map((row) => row[menu.column] ?? '').join('\n'))}>
              {en.table.copyColumn(table.columns[menu.column] ?? '')}
            </Menu.Item>
          </>
        )}
      </ContextMenu>
      {table.cut && <p className={classes.note}>{en.table.cut(formatCount(table.rows.length))}</p>}
    </section>
  );
}
