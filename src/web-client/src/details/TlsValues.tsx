import type { TlsValue } from '../api/types';
import { en } from '../strings/en';
import classes from './TlsValues.module.css';

/** Codes with their names. What means nothing (GREASE) is there, but quiet. */
export function TlsValues({ values, inColumns = false }: { values: readonly TlsValue[]; inColumns?: boolean }) {
  return (
    <ul className={classes.values} data-columns={inColumns}>
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
