import { IconFilter } from '@tabler/icons-react';
import { en } from '../strings/en';
import { usePlace } from '../traffic/location';
import classes from './CopyButton.module.css';
import { withTerm } from './filterTerms';

/** A small button that shows only flows with the same; nothing where there is no filter for it. */
export function FilterButton({ term }: { term: string | null }) {
  const [place, go] = usePlace();
  if (term === null) return null;
  return (
    <button
      type="button"
      className={classes.copy}
      aria-label={en.parts.filterBy(term)}
      title={en.parts.filterBy(term)}
      onClick={() => go({ filter: withTerm(place.filter, term) })}
    >
      <IconFilter size={13} aria-hidden="true" />
    </button>
  );
}
