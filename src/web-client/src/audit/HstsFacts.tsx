import { Link } from 'wouter';
import type { HstsAudit } from '../api/types';
import { en } from '../strings/en';
import classes from './HostReport.module.css';

export function HstsFacts({ hsts }: { hsts: HstsAudit | null }) {
  if (hsts === null) return <p>{en.audit.noTls}</p>;
  return (
    <>
      <p>
        {hsts.header === null ? en.audit.hstsNone : <code>{hsts.header}</code>}{' '}
        {hsts.flow !== null && <Link href={`/flow/${hsts.flow}/response`}>{en.audit.flow(hsts.flow)}</Link>}
      </p>
      {hsts.preloadMissing.length === 0 ? (
        <p className={classes.good}>{en.audit.preloadMet}</p>
      ) : (
        hsts.header !== null && (
          <>
            <p className={classes.dim}>{en.audit.preloadMissing}</p>
            <ul className={classes.missing}>
              {hsts.preloadMissing.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </>
        )
      )}
    </>
  );
}
