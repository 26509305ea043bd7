import type { FlowDetail, Side } from '../../api/types';
import { formatSize } from '../../format/format';
import { en } from '../../strings/en';
import classes from './DiffTab.module.css';
import { LineDiff } from './LineDiff';
import { maxCompared, useBodyComparison } from './useBodyComparison';

interface Props {
  left: FlowDetail;
  right: FlowDetail;
  side: Side;
  decoded: boolean;
}

/** How the bodies of two messages differ. */
export function BodyDiff({ left, right, side, decoded }: Props) {
  const result = useBodyComparison(left, right, side, decoded);
  const text = en.diff;
  const note = (words: string) => (
    <p className={classes.note} data-testid={`${side}-body-diff`}>
      {words}
    </p>
  );
  if (result.kind === 'loading') return note(text.loading);
  if (result.kind === 'failed') return note(text.failed(result.message));
  if (result.kind === 'tooLong') return note(text.tooLong(formatSize(maxCompared)));
  const { comparison } = result;
  if (comparison.kind === 'none') return note(text.noBodies);
  if (comparison.kind === 'equal') return note(text.equalBodies(formatSize(comparison.size)));
  const sizes = comparison.kind === 'text' ? '' : text.sizes(formatSize(comparison.left), formatSize(comparison.right));
  if (comparison.kind === 'binary' && (comparison.left === 0 || comparison.right === 0)) {
    const [flow, size] = comparison.left > 0 ? [left, comparison.left] : [right, comparison.right];
    return note(text.oneBody(flow.id, formatSize(size)));
  }
  if (comparison.kind === 'binary') return note(text.binary(sizes, comparison.firstDifference));
  if (comparison.kind === 'unlike') return note(text.unlike(sizes));
  return (
    <div data-testid={`${side}-body-diff`}>
      {comparison.isFormatted && <p className={classes.note}>{text.formatted}</p>}
      <LineDiff key={`${left.id}/${right.id}/${decoded}`} {...comparison} />
    </div>
  );
}
