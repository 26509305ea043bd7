import { useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { SqlAnswer } from '../api/types';
import { CopyButton } from '../details/CopyButton';
import { en } from '../strings/en';
import { useFixedWindow } from '../traffic/fixedWindow';
import classes from './ResultTable.module.css';
import { cellText, columnWidths, flowColumns } from './statements';

const rowHeight = 24;
const headerHeight = 26;

/** The rows of an answer; those that are seen are drawn. A press on a value shows the whole of it. */
export function ResultTable({ answer, statement }: { answer: SqlAnswer; statement: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const view = useFixedWindow(scroller, answer.rows.length, rowHeight, headerHeight);
  const [chosen, setChosen] = useState<{ row: number; column: number } | null>(null);
  const grid = useMemo(() => {
    const widths = columnWidths(answer);
    return {
      columns: widths.map((width) => `${width}px`).join(' '),
      width: widths.reduce((sum, width) => sum + width, 0),
    };
  }, [answer]);
  const links = useMemo(() => flowColumns(answer, statement), [answer, statement]);
  const value = chosen ? answer.rows[chosen.row]?.[chosen.column] : undefined;

  if (answer.rows.length === 0) return <p className={classes.none}>{en.sql.noRows}</p>;
  return (
    <div className={classes.wrap}>
      <div
        ref={scroller}
        className={classes.scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keys
        tabIndex={0}
        role="table"
        aria-label={en.sql.result}
        aria-rowcount={answer.rows.length + 1}
        data-testid="sql-result"
      >
        <div className={classes.header} role="row" style={{ gridTemplateColumns: grid.columns, width: grid.width }}>
          {answer.columns.map((name, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
            <span key={index} role="columnheader" tabIndex={-1} title={name}>
              {name}
            </span>
          ))}
        </div>
        <div className={classes.rows} style={{ height: view.scrollHeight, width: grid.width }}>
          <div style={{ transform: `translateY(${view.top}px)` }}>
            {answer.rows.slice(view.start, view.end).map((row, offset) => {
              const place = view.start + offset;
              return (
                <div
                  key={place}
                  className={classes.row}
                  role="row"
                  aria-rowindex={place + 2}
                  style={{ gridTemplateColumns: grid.columns }}
                >
                  {row.map((one, column) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                    <span key={column} role="cell" className={classes.cell} data-kind={kindOf(one)}>
                      {links.has(column) && typeof one === 'number' ? (
                        <Link href={`/flow/${one}/response`} title={en.sql.openFlow(one)}>
                          {one}
                        </Link>
                      ) : (
                        <button
                          type="button"
                          tabIndex={-1}
                          data-chosen={chosen?.row === place && chosen.column === column}
                          onClick={() => setChosen({ row: place, column })}
                        >
                          {cellText(one).slice(0, 300)}
                        </button>
                      )}
                    </span>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {chosen && value !== undefined && (
        <div className={classes.value}>
          <header>
            <b>{answer.columns[chosen.column]}</b>
            <CopyButton text={value === null ? '' : String(value)} label={en.sql.copyValue} />
            <button type="button" onClick={() => setChosen(null)}>
              {en.sql.close}
            </button>
          </header>
          <pre>{cellText(value)}</pre>
        </div>
      )}
    </div>
  );
}

const kindOf = (value: unknown): string => (value === null ? 'null' : typeof value === 'number' ? 'number' : 'text');
