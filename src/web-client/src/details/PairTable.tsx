import type { ReactNode } from 'react';
import { en } from '../strings/en';
import { CopyButton } from './CopyButton';
import { FilterButton } from './FilterButton';
import classes from './MessageParts.module.css';

interface Props {
  pairs: readonly (readonly [name: string, value: string])[];
  /** What finds flows with the same, in the order of the pairs. */
  terms?: readonly (string | null)[];
  /** What stands behind a value. */
  more?(index: number): ReactNode;
}

/** Names and values, each to be copied and filtered by. */
export function PairTable({ pairs, terms = [], more }: Props) {
  return (
    <table className={classes.pairs}>
      <tbody>
        {pairs.map(([name, value], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names repeat, and the order is what was sent.
          <tr key={i}>
            <th scope="row">{name}</th>
            <td>
              {value}
              {more?.(i)}
            </td>
            <td className={classes.actions}>
              <FilterButton term={terms[i] ?? null} />
              <CopyButton text={value} label={en.details.copyValue(name)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
