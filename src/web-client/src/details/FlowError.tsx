import { IconAlertTriangleFilled, IconBulb } from '@tabler/icons-react';
import type { FlowDetail } from '../api/types';
import { PassActions } from '../setup/PassActions';
import { en } from '../strings/en';
import classes from './FlowError.module.css';

/** Why a flow failed: the cause in words, the step, what happened, and what helps. */
export function FlowError({ flow }: { flow: FlowDetail }) {
  const detail = flow.errorDetail;
  return (
    <aside className={classes.card} role="note">
      <h3>
        <IconAlertTriangleFilled size={17} aria-hidden="true" />
        {detail?.message ?? flow.error ?? en.list.errorLabel}
      </h3>
      {detail && (
        <dl>
          <dt>{en.error.failedAt}</dt>
          <dd>
            {en.error.step[detail.step] ?? detail.step} <code>{detail.step}</code>
          </dd>
          {detail.detail && (
            <>
              <dt>{en.error.whatHappened}</dt>
              <dd>{detail.detail}</dd>
            </>
          )}
          {detail.fix && (
            <>
              <dt>{en.error.fix}</dt>
              <dd className={classes.fix}>
                <IconBulb size={15} aria-hidden="true" />
                {detail.fix}
              </dd>
            </>
          )}
        </dl>
      )}
      {detail?.step === 'clientTls' && (
        <PassActions host={flow.host} sawCertificate={flow.clientConnection?.tls?.serverHello !== null} />
      )}
    </aside>
  );
}
