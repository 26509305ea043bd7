import { useState } from 'react';
import { en } from '../strings/en';
import classes from './ConnectionTab.module.css';

/** Certificates of large sites have hundreds of names. */
const shownAtFirst = 12;

export function NameList({ names }: { names: readonly string[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? names : names.slice(0, shownAtFirst);
  return (
    <>
      {shown.join(', ')}{' '}
      {shown.length < names.length && (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>
          {en.tls.moreNames(names.length - shown.length)}
        </button>
      )}
    </>
  );
}
