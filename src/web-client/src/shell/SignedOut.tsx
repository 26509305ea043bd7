import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { en } from '../strings/en';
import classes from './SignedOut.module.css';

/** The cookie is gone: where the token is. */
export function SignedOut() {
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <IconKey size={28} aria-hidden="true" />
        <h1>{en.signedOut.title}</h1>
        <p>{en.signedOut.text}</p>
        <pre>{en.signedOut.sample(location.origin)}</pre>
        <p>{en.signedOut.hint}</p>
        <Button size="sm" onClick={() => window.location.reload()}>
          {en.signedOut.retry}
        </Button>
      </div>
    </main>
  );
}
