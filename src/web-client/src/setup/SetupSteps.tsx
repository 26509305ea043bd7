import { IconCheck } from '@tabler/icons-react';
import type { ProxyState } from '../api/types';
import { en } from '../strings/en';
import classes from './SetupScreen.module.css';

interface Props {
  listening: boolean;
  lastClient: ProxyState['lastClient'];
  hasHttps: boolean;
  /** A client that has seen the certificate and turned away from it. */
  refused: string | null;
}

/** Ticks as things happen: listening, a client came, its HTTPS could be read. */
export function SetupSteps({ listening, lastClient, hasHttps, refused }: Props) {
  const { steps } = en.setup;
  const connected = lastClient !== null;
  const httpsHint = hasHttps ? steps.httpsDone : refused ? steps.httpsRefused(refused) : steps.httpsHint;
  const items = [
    { done: listening, title: steps.listening, hint: '' },
    {
      done: connected,
      title: steps.client,
      hint: lastClient ? steps.clientFrom(lastClient.address) : steps.clientHint,
    },
    { done: hasHttps, title: steps.https, hint: httpsHint },
  ];
  const current = items.findIndex((item) => !item.done);
  return (
    <ol className={classes.steps} aria-live="polite">
      {items.map((item, i) => (
        <li key={item.title} data-done={item.done} data-current={i === current}>
          <span className={classes.tick}>{item.done ? <IconCheck size={14} stroke={3} /> : i + 1}</span>
          <span>
            <b>{item.title}</b>
            {item.hint && <small>{item.hint}</small>}
          </span>
        </li>
      ))}
    </ol>
  );
}
