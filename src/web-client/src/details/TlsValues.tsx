import type { TlsValue } from '../api/types';
import { en } from '../strings/en';
import classes from './TlsValues.module.css';

/** Codes with their names. What means nothing (GREASE) is there, but quiet. */
export function TlsValues({ values }: { values: readonly TlsValue[] }) {
  return (
    <ul className={classes.values}>
      {values.map((value, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: values repeat, and the order is that of the wire.
        <li key={i} data-grease={value.isGrease} title={value.isGrease ? en.tls.grease : undefined}>
          {value.code && <code>{value.code}</code>}
          <span>{value.text}</span>
        </li>
      ))}
    </ul>
  );
}
