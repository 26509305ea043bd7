import { useEffect, useState } from 'react';
import { getSqlSchema } from '../api/rest';
import type { SqlSchema } from '../api/types';
import { en } from '../strings/en';
import classes from './SqlAside.module.css';

interface Props {
  history: string[];
  /** Puts a statement into the editor and runs it. */
  onTake(statement: string): void;
  /** Writes a word where the cursor is. */
  onInsert(word: string): void;
  onForget(): void;
}

/** What there is to ask: examples, the views with their columns, functions, and what was asked before. */
export function SqlAside({ history, onTake, onInsert, onForget }: Props) {
  const [schema, setSchema] = useState<SqlSchema | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    getSqlSchema(abort.signal)
      .then(setSchema)
      .catch(() => {});
    return () => abort.abort();
  }, []);

  return (
    <aside className={classes.aside} aria-label={en.sql.aside}>
      <h2>{en.sql.examples}</h2>
      <ul>
        {schema?.examples.map((example) => (
          <li key={example.title}>
            <button type="button" title={example.sql} onClick={() => onTake(example.sql)}>
              {example.title}
            </button>
          </li>
        ))}
      </ul>
      <h2>{en.sql.views}</h2>
      {schema?.views.map((view) => (
        <details key={view.name} className={classes.view}>
          <summary title={view.help}>
            <code>{view.name}</code>
          </summary>
          <p>{view.help}</p>
          <ul>
            {view.columns.map((column) => (
              <li key={column.name}>
                <button type="button" title={`${column.help} (${column.type})`} onClick={() => onInsert(column.name)}>
                  <code>{column.name}</code>
                  <span>{column.type}</span>
                </button>
              </li>
            ))}
          </ul>
        </details>
      ))}
      <h2>{en.sql.functions}</h2>
      <ul>
        {schema?.functions.map((one) => (
          <li key={one.call}>
            <button type="button" title={one.help} onClick={() => onInsert(one.call)}>
              <code>{one.call}</code>
            </button>
          </li>
        ))}
      </ul>
      <h2>{en.sql.history}</h2>
      {history.length === 0 ? (
        <p>{en.sql.noHistory}</p>
      ) : (
        <>
          <ul>
            {history.map((statement) => (
              <li key={statement}>
                <button type="button" title={statement} onClick={() => onTake(statement)}>
                  <code>{statement.replace(/\s+/g, ' ')}</code>
                </button>
              </li>
            ))}
          </ul>
          <button type="button" className={classes.forget} onClick={onForget}>
            {en.sql.forget}
          </button>
        </>
      )}
    </aside>
  );
}
