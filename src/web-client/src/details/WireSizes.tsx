import type { FlowDetail } from '../api/types';
import { formatCount } from '../format/format';
import { en } from '../strings/en';
import classes from './TimingTab.module.css';
import { wireSizes } from './wireSizes';

/** How many bytes head and body of both messages took on the wire, beside what they hold. */
export function WireSizes({ flow }: { flow: FlowDetail }) {
  const rows = wireSizes(flow);
  if (rows.length === 0) return null;
  return (
    <table className={classes.sizes} data-testid="wire-sizes">
      <caption>{en.wire.title}</caption>
      <thead>
        <tr>
          <th scope="col">{en.wire.part}</th>
          <th scope="col">{en.wire.onWire}</th>
          <th scope="col">{en.wire.content}</th>
          <th scope="col">{en.wire.framing}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.side} ${row.part}`}>
            <th scope="row">{en.wire.row[row.side][row.part]}</th>
            <td>{en.wire.bytes(formatCount(row.wire))}</td>
            <td>{en.wire.bytes(formatCount(row.content))}</td>
            <td title={row.isCompressed ? en.wire.compressedHint : undefined}>
              {row.isCompressed
                ? en.wire.compressed(row.wire / row.content)
                : en.wire.bytes(formatCount(row.wire - row.content))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
