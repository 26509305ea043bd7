import { Checkbox } from '@mantine/core';
import type { StoredSession } from '../api/types';
import { withSession } from '../api/viewed';
import { formatCount, formatDateTime, formatSize } from '../format/format';
import { en } from '../strings/en';
import { type SessionAction, SessionMenu } from './SessionMenu';
import classes from './SessionsPage.module.css';

interface Props {
  sessions: StoredSession[];
  /** The keys of those that are chosen to be merged. */
  chosen: ReadonlySet<string>;
  onChoose(key: string, chosen: boolean): void;
  onAction(action: SessionAction, session: StoredSession): void;
}

export function SessionTable({ sessions, chosen, onChoose, onAction }: Props) {
  const text = en.sessions;
  // The one that is recorded always is of the version that this MitmWeb writes.
  const version = sessions.find((session) => session.state === 'live')?.version;
  return (
    <table className={classes.table} aria-label={text.list}>
      <thead>
        <tr>
          <th aria-label={text.column.choose} />
          <th>{text.column.name}</th>
          <th>{text.column.state}</th>
          <th data-number="true">{text.column.flows}</th>
          <th data-number="true">{text.column.size}</th>
          <th>{text.column.created}</th>
          <th>{text.column.used}</th>
          <th aria-label={text.column.actions} />
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr key={session.key} data-state={session.state} data-testid="session-row">
            <td>
              <Checkbox
                size="xs"
                aria-label={text.choose(session.name)}
                checked={chosen.has(session.key)}
                disabled={session.problem !== null}
                onChange={(event) => onChoose(session.key, event.currentTarget.checked)}
              />
            </td>
            <td>
              <SessionTitle session={session} />
              {session.isElsewhere && <div className={classes.path}>{session.path}</div>}
              {session.problem && <div className={classes.reason}>{session.problem}</div>}
            </td>
            <td>
              <span className={classes.badge}>{text.state[session.state]}</span>
              {session.running > 0 && <div className={classes.path}>{text.running(session.running)}</div>}
              {session.isRead && <div className={classes.path}>{text.isRead}</div>}
            </td>
            <td data-number="true">{session.flows === null ? '–' : formatCount(session.flows)}</td>
            <td data-number="true">
              {formatSize(session.sizeBytes)}
              {session.freeBytes !== null && session.freeBytes > 1e6 && (
                <div className={classes.path}>{text.free(formatSize(session.freeBytes))}</div>
              )}
            </td>
            <td>{session.createdAt === null ? '–' : formatDateTime(session.createdAt)}</td>
            <td>
              {formatDateTime(session.lastUsedAt)}
              {session.version !== null && session.version !== version && (
                <div className={classes.path}>{text.version(session.version)}</div>
              )}
            </td>
            <td>
              <SessionMenu session={session} onAction={onAction} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The name leads to the traffic: with a load of the page, because it is another session's. */
function SessionTitle({ session }: { session: StoredSession }) {
  if (session.state === 'live') {
    return (
      <a className={classes.name} href="/" title={session.path}>
        {session.name}
      </a>
    );
  }
  return session.problem === null ? (
    <a className={classes.name} href={withSession('/', session.key)} title={session.path}>
      {session.name}
    </a>
  ) : (
    <span className={classes.name} title={session.path}>
      {session.name}
    </span>
  );
}
