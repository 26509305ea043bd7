import { Link } from 'wouter';
import type { TlsUse } from '../api/types';
import { en } from '../strings/en';
import classes from './HostReport.module.css';

export function TlsUses({ uses }: { uses: TlsUse[] }) {
  return (
    <ul className={classes.uses}>
      {uses.map((use) => (
        <li key={`${use.version} ${use.cipherSuite}`}>
          <b>{use.version}</b> <span className="mono">{use.cipherSuite}</span>
          <span className={classes.dim}>
            <span className={use.forwardSecrecy ? undefined : classes.bad}>
              {use.forwardSecrecy ? en.audit.forwardSecrecy : en.audit.noForwardSecrecy}
            </span>
            {' · '}
            <Link href={`/flow/${use.firstFlow}/connection`}>{en.audit.flows(use.flows)}</Link>
          </span>
        </li>
      ))}
    </ul>
  );
}
