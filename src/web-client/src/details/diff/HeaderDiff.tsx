import type { Header } from '../../api/types';
import { en } from '../../strings/en';
import { alignHeaders, type HeaderPair } from './alignHeaders';
import classes from './DiffTab.module.css';
import { Changed } from './LineDiff';

interface Props {
  left: readonly Header[];
  right: readonly Header[];
  onlyDifferent: boolean;
}

const kindOf = ({ left, right }: HeaderPair): 'same' | 'changed' | 'removed' | 'added' =>
  left === right ? 'same' : left === null ? 'added' : right === null ? 'removed' : 'changed';

/** The headers of two messages beside each other. */
export function HeaderDiff({ left, right, onlyDifferent }: Props) {
  const pairs = alignHeaders(left, right);
  const shown = onlyDifferent ? pairs.filter((pair) => kindOf(pair) !== 'same') : pairs;
  if (shown.length === 0)
    return (
      <p className={classes.note}>{pairs.length === 0 ? en.details.noHeaders : en.diff.equalHeaders(pairs.length)}</p>
    );
  return (
    <table className={classes.headers} aria-label={en.details.headers}>
      <tbody>
        {shown.map((pair, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names repeat, and the order is that of the wire.
          <tr key={i} data-kind={kindOf(pair)}>
            <th scope="row">{pair.name}</th>
            <td data-side="left">{side(pair.left, pair.right)}</td>
            <td data-side="right">{side(pair.right, pair.left)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const side = (text: string | null, other: string | null) =>
  text === null ? (
    <i>{en.diff.notSent}</i>
  ) : other === null || other === text ? (
    text
  ) : (
    <Changed text={text} other={other} />
  );
