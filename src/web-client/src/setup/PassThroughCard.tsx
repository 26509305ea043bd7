import { Button, TextInput } from '@mantine/core';
import { IconArrowsRightLeft } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { interceptHost, passHost } from '../api/rest';
import type { ProxyState } from '../api/types';
import { tried } from '../shell/tried';
import { en } from '../strings/en';
import classes from './PassThrough.module.css';
import cards from './SetupScreen.module.css';

/** Which hosts go through unread, with a field for one more and a way back for each. */
export function PassThroughCard({ passThrough }: { passThrough: ProxyState['passThrough'] }) {
  const [host, setHost] = useState('');
  const text = en.passThrough;
  const add = (event: FormEvent) => {
    event.preventDefault();
    void tried(passHost(host.trim())).then((ok) => ok && setHost(''));
  };
  const patterns = [
    ...passThrough.ignoreHosts.map((pattern) => ({ pattern, what: text.ignore })),
    ...passThrough.allowHosts.map((pattern) => ({ pattern, what: text.allow })),
  ];
  return (
    <article className={cards.card} data-wide="true" data-testid="pass-through">
      <h2>
        <IconArrowsRightLeft size={17} aria-hidden="true" />
        {text.title}
      </h2>
      <p>{text.hint}</p>
      {passThrough.afterRejections !== null && <p>{text.after(passThrough.afterRejections)}</p>}
      {patterns.length > 0 && (
        <ul className={classes.hosts} aria-label={text.rules}>
          {patterns.map(({ pattern, what }) => (
            <li key={`${what} ${pattern}`}>
              <code>{pattern}</code>
              <span>{what}</span>
              <span>{text.rules}</span>
            </li>
          ))}
        </ul>
      )}
      {passThrough.hosts.length === 0 && patterns.length === 0 && <p>{text.none}</p>}
      <ul className={classes.hosts} aria-label={text.title}>
        {passThrough.hosts.map((one) => (
          <li key={`${one.host} ${one.client}`} data-testid="passed-host">
            <b>{one.host}</b>
            {one.client && <span>{text.forClient(one.client)}</span>}
            {one.rejections > 0 && <span>{text.learned(one.rejections)}</span>}
            <Button
              size="compact-xs"
              variant="default"
              aria-label={text.undoFor(one.host)}
              onClick={() => tried(interceptHost(one.host, one.client))}
            >
              {text.undo}
            </Button>
          </li>
        ))}
      </ul>
      <form className={classes.add} onSubmit={add}>
        <TextInput
          size="xs"
          aria-label={text.host}
          placeholder={text.placeholder}
          value={host}
          onChange={(event) => setHost(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" variant="default" disabled={host.trim() === ''}>
          {text.add}
        </Button>
      </form>
    </article>
  );
}
