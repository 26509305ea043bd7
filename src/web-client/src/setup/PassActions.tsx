import { Button } from '@mantine/core';
import { IconArrowsRightLeft, IconCertificate } from '@tabler/icons-react';
import { Link } from 'wouter';
import { interceptHost, passHost } from '../api/rest';
import { tried } from '../shell/tried';
import { en } from '../strings/en';
import { useProxyState } from '../traffic/sessionContext';
import classes from './PassThrough.module.css';

interface Props {
  host: string;
  /** Whether the client has seen the certificate: else trusting the CA would not help. */
  sawCertificate: boolean;
}

/** The two ways out for a client that rejects the certificate: install the CA there, or leave the host alone. */
export function PassActions({ host, sawCertificate }: Props) {
  const hosts = useProxyState()?.passThrough.hosts ?? [];
  const isPassed = hosts.some((one) => one.client === null && one.host.toLowerCase() === host.toLowerCase());
  return (
    <div className={classes.actions}>
      {sawCertificate && (
        <Button
          component={Link}
          href="/capture"
          size="compact-sm"
          variant="default"
          leftSection={<IconCertificate size={14} />}
          data-testid="install-guide"
        >
          {en.passThrough.install}
        </Button>
      )}
      {isPassed ? (
        <>
          <span>{en.passThrough.passed(host)}</span>
          <Button size="compact-sm" variant="subtle" onClick={() => tried(interceptHost(host, null))}>
            {en.passThrough.undo}
          </Button>
        </>
      ) : (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowsRightLeft size={14} />}
          data-testid="pass-host"
          onClick={() => tried(passHost(host))}
        >
          {en.passThrough.pass(host)}
        </Button>
      )}
    </div>
  );
}
