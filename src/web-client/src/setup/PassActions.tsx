import { Button } from '@mantine/core';
import { IconArrowsRightLeft, IconCertificate } from '@tabler/icons-react';
import { Link } from 'wouter';
import { interceptHost, passHost } from '../api/rest';
import { tried } from '../shell/tried';
import { en } from '../strings/en';
import { useProxyState } from '../traffic/sessionContext';
import classes from './PassThrough.module.css';

/** The two ways out for a client that rejects the certificate: install the CA there, or leave the host alone. */
export function PassActions({ host }: { host: string }) {
  const hosts = useProxyState()?.passThrough.hosts ?? [];
  const isPassed = hosts.some((one) => one.client === null && one.host.toLowerCase() === host.toLowerCase());
  return (
    <div className={classes.actions}>
      <Button
        component={Link}
        href="/capture"
        size="compact-sm"
        variant="default"
        leftSection={<IconCertificate size={14} />}
      >
        {en.passThrough.install}
      </Button>
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
