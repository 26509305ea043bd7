import type { TlsExtension } from '../api/types';
import { en } from '../strings/en';
import classes from './ExtensionTable.module.css';
import { TlsValues } from './TlsValues';

/** The extensions of a hello in the order of the wire. */
export function ExtensionTable({ extensions }: { extensions: readonly TlsExtension[] }) {
  return (
    <ol className={classes.list}>
      {extensions.map((extension, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a hostile hello may repeat one, and the order is that of the wire.
        <li key={i} data-grease={extension.isGrease} title={extension.isGrease ? en.tls.grease : undefined}>
          <div className={classes.name}>
            <span>{extension.name}</span>
            <code>{extension.code}</code>
          </div>
          <div className={classes.data}>
            {extension.values.length > 0 ? (
              <TlsValues values={extension.values} />
            ) : extension.size === 0 ? (
              <span className={classes.dim}>{en.tls.empty}</span>
            ) : (
              <span className={classes.dim}>
                {en.tls.bytes(extension.size)} <code>{extension.hex}</code>
              </span>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
