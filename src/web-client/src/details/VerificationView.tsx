import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import type { ConnectionSide, Tls } from '../api/types';
import { en } from '../strings/en';
import { commonName } from './certificate';
import { problemText, verdictOf } from './tlsText';
import classes from './VerificationView.module.css';

const icons = { good: IconCircleCheck, bad: IconCircleX, warn: IconAlertTriangle, none: IconInfoCircle };

interface Props {
  tls: Tls;
  side: ConnectionSide;
  /** Whether the client turned away from the certificate. */
  refused: boolean;
}

/** What checking the certificate came to, why, and on which path. */
export function VerificationView({ tls, side, refused }: Props) {
  const verdict = verdictOf(tls, side, refused);
  const Icon = icons[verdict.tone];
  const path = tls.verification?.path ?? [];
  return (
    <div className={classes.verification} data-tone={verdict.tone} data-testid={`verification-${side}`}>
      <Icon size={16} aria-hidden="true" />
      <div>
        <p className={classes.text}>{verdict.text}</p>
        {verdict.reason && <p className={classes.reason}>{verdict.reason}</p>}
        {path.length > 0 && (
          <>
            <p className={classes.title}>
              {path.every((step) => step.problems.length === 0) ? en.tls.path : en.tls.pathBroken}
            </p>
            <ol className={classes.path}>
              {path.map((step) => (
                <li key={step.fingerprintSha256} title={step.subject}>
                  <span>{commonName(step.subject)}</span>
                  <em>{step.sent ? en.tls.sentByServer : en.tls.fromStore}</em>
                  {step.problems.map((problem) => (
                    <strong key={problem}>{problemText(problem)}</strong>
                  ))}
                </li>
              ))}
            </ol>
          </>
        )}
      </div>
    </div>
  );
}
