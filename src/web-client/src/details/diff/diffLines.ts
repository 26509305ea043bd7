/** A line of a comparison: in both texts, or in one alone. Indices count from 0. */
export type LineEdit =
  | { kind: 'same'; left: number; right: number }
  | { kind: 'removed'; left: number }
  | { kind: 'added'; right: number };

/**
 * The shortest way from one list of lines to another (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986).
 * Null when more than `maxEdits` lines differ: its time and memory grow with the square of that.
 */
export function diffLines(left: readonly string[], right: readonly string[], maxEdits: number): LineEdit[] | null {
  const { start, leftEnd, rightEnd } = changedPart(left, right);
  const middle = shortest(left, right, start, leftEnd, rightEnd, maxEdits);
  if (!middle) return null;
  const edits: LineEdit[] = [];
  for (let i = 0; i < start; i++) edits.push({ kind: 'same', left: i, right: i });
  edits.push(...middle);
  for (let i = leftEnd; i < left.length; i++) edits.push({ kind: 'same', left: i, right: i - leftEnd + rightEnd });
  return edits;
}

/** Where two texts, or two lists of lines, differ: what is equal at their beginnings and ends is cut off. */
export function changedPart(
  left: ArrayLike<string>,
  right: ArrayLike<string>,
): { start: number; leftEnd: number; rightEnd: number } {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let [leftEnd, rightEnd] = [left.length, right.length];
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd--;
    rightEnd--;
  }
  return { start, leftEnd, rightEnd };
}

function shortest(
  left: readonly string[],
  right: readonly string[],
  start: number,
  leftEnd: number,
  rightEnd: number,
  maxEdits: number,
): LineEdit[] | null {
  const [n, m] = [leftEnd - start, rightEnd - start];
  const most = Math.min(n + m, maxEdits);
  // reach[k] is how far in the left text one comes on the diagonal k with so many edits.
  const offset = most + 1;
  const reach = new Int32Array(2 * offset + 1);
  const steps: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    steps.push(reach.slice(offset - d - 1, offset + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach[offset + k - 1] ?? 0) < (reach[offset + k + 1] ?? 0));
      let x = down ? (reach[offset + k + 1] ?? 0) : (reach[offset + k - 1] ?? 0) + 1;
      let y = x - k;
      while (x < n && y < m && left[start + x] === right[start + y]) {
        x++;
        y++;
      }
      reach[offset + k] = x;
      if (x >= n && y >= m) return walkBack(steps, d, n, m, start);
    }
  }
  return null;
}

/** The edits that led to the end, from the reaches before each step. */
function walkBack(steps: readonly Int32Array[], edits: number, n: number, m: number, start: number): LineEdit[] {
  const found: LineEdit[] = [];
  let [x, y] = [n, m];
  const same = (toX: number, toY: number) => {
    while (x > toX && y > toY) {
      x--;
      y--;
      found.push({ kind: 'same', left: start + x, right: start + y });
    }
  };
  for (let d = edits; d > 0; d--) {
    const before = steps[d] as Int32Array;
    // The slice begins at the diagonal -d - 1.
    const at = (k: number) => before[k + d + 1] ?? 0;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = at(fromK);
    const fromY = fromX - fromK;
    same(down ? fromX : fromX + 1, down ? fromY + 1 : fromY);
    if (down) found.push({ kind: 'added', right: start + fromY });
    else found.push({ kind: 'removed', left: start + fromX });
    [x, y] = [fromX, fromY];
  }
  same(0, 0);
  return found.reverse();
}
