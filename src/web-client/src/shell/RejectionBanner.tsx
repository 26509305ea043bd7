import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowsRightLeft, IconCertificate, IconCertificateOff, IconX } from '@tabler/icons-react';
import { Link } from 'wouter';
import { passHost } from '../api/rest';
import type { Rejection } from '../api/types';
import { en } from '../strings/en';
import { usePersistent } from '../theme/persistent';
import { useProxyState } from '../traffic/sessionContext';
import classes from './RejectionBanner.module.css';
import { openRejections, withDismissed } from './rejections';
import { tried } from './tried';

const none: string[] = [];

interface Props {
  /** Shows the flow that tells all of it. */
  onOpen(flowId: number): void;
}

/** A client that does not take MitmWeb's certificate: said at once and with the two ways out, because people see a broken app, not the flow. */
export function RejectionBanner({ onOpen }: Props) {
  const [dismissed, setDismissed] = usePersistent<string[]>('dismissedRejections', none);
  const open = openRejections(useProxyState(), dismissed);
  const [newest, ...others] = open;
  if (!newest) return null;
  return (
    <div className={classes.banner} data-testid="rejection-banner">
      <IconCertificateOff size={16} aria-hidden="true" />
      <div className={classes.body}>
        <span className={classes.text} role="status">
          {newest.message} {others.length > 0 && <em>{en.passThrough.more(others.length)}</em>}
        </span>
        <span className={classes.actions}>
          {newest.flowId > 0 && (
            <Button size="compact-xs" variant="default" onClick={() => onOpen(newest.flowId)}>
              {en.passThrough.details}
            </Button>
          )}
          {newest.sawCertificate && (
            <Button
              component={Link}
              href="/capture"
              size="compact-xs"
              variant="default"
              leftSection={<IconCertificate size={13} />}
            >
              {en.passThrough.install}
            </Button>
          )}
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconArrowsRightLeft size={13} />}
            onClick={() => void pass(newest)}
          >
            {en.passThrough.pass(newest.host)}
          </Button>
        </span>
      </div>
      <Tooltip label={en.passThrough.dismiss}>
        <ActionIcon
          size="sm"
          aria-label={en.passThrough.dismiss}
          onClick={() => setDismissed(withDismissed(dismissed, open))}
        >
          <IconX size={15} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

async function pass({ host }: Rejection): Promise<void> {
  if (await tried(passHost(host))) notifications.show({ message: en.passThrough.passed(host), autoClose: 6000 });
}
