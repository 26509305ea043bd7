import { useEffect, useRef, useState } from 'react';
import { matchHighlights } from '../api/rest';
import type { FlowRow } from '../api/types';
import { useSavedFilters } from './useSavedFilters';

const gatherMs = 80;
const maxKept = 5000;
const maxAsked = 500;
const none: ReadonlyMap<number, string> = new Map();

/** The colours that the highlights give to rows on screen. The server judges, because highlights may look at bodies. */
export function useHighlights(rows: readonly (FlowRow | undefined)[]): ReadonlyMap<number, string> {
  const { highlights } = useSavedFilters();
  const isOn = highlights.some((rule) => rule.enabled && rule.error === null);
  const [colors, setColors] = useState(none);
  const judged = useRef(new Map<number, number>());
  const asking = useRef(false);
  const latest = useRef(rows);
  latest.current = rows;

  // biome-ignore lint/correctness/useExhaustiveDependencies: other highlights judge anew.
  useEffect(() => {
    judged.current.clear();
    setColors(none);
  }, [highlights]);

  useEffect(() => {
    if (!isOn || asking.current || !rows.some((row) => row && judged.current.get(row.id) !== row.seq)) return;
    asking.current = true;
    const known = judged.current;
    const run = async () => {
      await new Promise((resolve) => setTimeout(resolve, gatherMs));
      const asked = latest.current
        .filter((row): row is FlowRow => row !== undefined && known.get(row.id) !== row.seq)
        .slice(0, maxAsked);
      try {
        const answer = await matchHighlights(asked.map((row) => row.id));
        if (known.size > maxKept) known.clear();
        for (const row of asked) known.set(row.id, row.seq);
        setColors((before) => {
          const after = new Map(before.size > maxKept ? [] : before);
          for (const { id } of asked) {
            const color = answer.colors[id];
            if (color === undefined) after.delete(id);
            else after.set(id, color);
          }
          return after;
        });
      } catch {
        // MitmWeb is away: with the next change it is asked again.
      }
      asking.current = false;
    };
    void run();
  });
  return isOn ? colors : none;
}
