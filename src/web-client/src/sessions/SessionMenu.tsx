import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowUpCircle,
  IconCopy,
  IconDots,
  IconEye,
  IconPencil,
  IconPlayerRecord,
  IconPlaylistX,
  IconTrash,
  IconViewportShort,
} from '@tabler/icons-react';
import type { StoredSession } from '../api/types';
import { withSession } from '../api/viewed';
import { en } from '../strings/en';

export type SessionAction = 'record' | 'rename' | 'duplicate' | 'compact' | 'upgrade' | 'delete' | 'forget';

interface Props {
  session: StoredSession;
  onAction(action: SessionAction, session: StoredSession): void;
}

const size = 15;

/** What can be done to a session. What cannot be done now says why. */
export function SessionMenu({ session, onAction }: Props) {
  const text = en.sessions.menu;
  const { state } = session;
  const isReadable = state === 'stored' || state === 'inUse' || state === 'finishing' || state === 'live';
  const isFree = state === 'stored' || state === 'old' || state === 'damaged' || state === 'new';
  const why = isFree ? undefined : en.sessions.notFree[state];
  const item = (action: SessionAction, icon: React.ReactNode, disabled: boolean, hint?: string, color?: string) => (
    <Menu.Item
      leftSection={icon}
      disabled={disabled}
      {...(color ? { c: color } : {})}
      onClick={() => onAction(action, session)}
    >
      {text[action]}
      {disabled && hint && (
        <>
          <br />
          <small>{hint}</small>
        </>
      )}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end" width={300} returnFocus>
      <Menu.Target>
        <ActionIcon aria-label={text.label(session.name)} data-testid="session-menu">
          <IconDots size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isReadable && state !== 'live' && (
          <Menu.Item
            component="a"
            href={withSession('/', session.key)}
            target="_blank"
            rel="noopener"
            leftSection={<IconEye size={size} />}
          >
            {text.lookTab}
          </Menu.Item>
        )}
        {state === 'old' && item('upgrade', <IconArrowUpCircle size={size} />, false)}
        {item(
          'record',
          <IconPlayerRecord size={size} />,
          state !== 'stored' && state !== 'old' && state !== 'finishing',
          en.sessions.notRecordable[state],
        )}
        <Menu.Divider />
        {item('rename', <IconPencil size={size} />, state === 'inUse', why)}
        {item('duplicate', <IconCopy size={size} />, !isReadable)}
        {item('compact', <IconViewportShort size={size} />, state !== 'stored' && state !== 'live')}
        <Menu.Divider />
        {session.isElsewhere && item('forget', <IconPlaylistX size={size} />, !isFree, why)}
        {item('delete', <IconTrash size={size} />, !isFree, why, isFree ? 'var(--red)' : undefined)}
      </Menu.Dropdown>
    </Menu>
  );
}
