import { Button, PasswordInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { en } from '../strings/en';
import classes from './SignedOut.module.css';
import { signInAddress } from './signInAddress';

/** The cookie is gone: where the token is, and a field for it. */
export function SignedOut() {
  const [token, setToken] = useState('');
  return (
    <main className={classes.page}>
      <div className={classes.card} data-testid="signed-out">
        <IconKey size={28} aria-hidden="true" />
        <h1>{en.signedOut.title}</h1>
        <p>{en.signedOut.text}</p>
        <pre>{en.signedOut.sample(location.origin)}</pre>
        <p>{en.signedOut.hint}</p>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            // With nothing written, whether another tab has signed this browser in meanwhile.
            if (token.trim() === '') window.location.reload();
            else window.location.assign(signInAddress(token, window.location.href));
          }}
        >
          <PasswordInput
            size="sm"
            className={classes.token ?? ''}
            aria-label={en.signedOut.token}
            placeholder={en.signedOut.token}
            autoComplete="current-password"
            value={token}
            onChange={({ currentTarget }) => setToken(currentTarget.value)}
          />
          <Button size="sm" type="submit">
            {token.trim() === '' ? en.signedOut.retry : en.signedOut.signIn}
          </Button>
        </form>
      </div>
    </main>
  );
}
