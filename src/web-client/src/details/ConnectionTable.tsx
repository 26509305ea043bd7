import type { FlowDetail } from '../api/types';
import { en } from '../strings/en';
import classes from './ConnectionTable.module.css';
import { CopyButton } from './CopyButton';
import { type Cell, connectionFacts } from './connectionFacts';

/** Both connections side by side; what they do not have in common is marked. */
export function ConnectionTable({ flow }: { flow: FlowDetail }) {
  const rows = connectionFacts(flow);
  return (
    <table className={classes.table} aria-label={en.tls.table} data-testid="connection-table">
      <thead>
        <tr>
          <td />
          <th scope="col">{en.tls.client}</th>
          <th scope="col">{en.tls.server}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={row.id} data-testid={`fact-${row.id}`}>
            <th scope="row">
              {row.name}
              {row.differs && (
                <span className={classes.differs} role="img" aria-label={en.tls.differs} title={en.tls.differs}>
                  ≠
                </span>
              )}
            </th>
            <Value name={row.name} cell={row.client} />
            {flow.serverConnection ? (
              <Value name={row.name} cell={row.server} />
            ) : (
              i === 0 && (
                <td className={classes.none} rowSpan={rows.length}>
                  {en.tls.none}
                </td>
              )
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ name, cell }: { name: string; cell: Cell | null }) {
  if (cell === null) return <td className={classes.none}>–</td>;
  return (
    <td>
      <span className={cell.mono ? 'mono' : undefined} data-tone={cell.tone}>
        {cell.text}
      </span>
      {cell.copy && (
        <span className={classes.copy}>
          <CopyButton text={cell.text} label={en.tls.copyValue(name)} />
        </span>
      )}
      {cell.note && <em> {cell.note}</em>}
    </td>
  );
}
