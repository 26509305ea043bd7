import { formatDateTime } from '../format/format';
import { en } from '../strings/en';
import classes from './JwtView.module.css';
import { type Jwt, jwtTimes } from './jwt';

/** What is in a JSON Web Token. */
export function JwtView({ jwt }: { jwt: Jwt }) {
  const now = Date.now();
  return (
    <div className={classes.jwt} data-testid="jwt">
      <h5>{en.jwt.header}</h5>
      <pre>{JSON.stringify(jwt.header, null, 2)}</pre>
      <h5>{en.jwt.payload}</h5>
      <pre>{JSON.stringify(jwt.payload, null, 2)}</pre>
      <ul>
        {jwtTimes(jwt.payload).map(({ claim, at }) => (
          <li key={claim} data-bad={(claim === 'exp' && at < now) || (claim === 'nbf' && at > now)}>
            {en.jwt.time(claim, formatDateTime(new Date(at).toISOString()), at < now)}
          </li>
        ))}
        <li>{jwt.signature === '' ? en.jwt.unsigned : en.jwt.signature(String(jwt.header.alg))}</li>
      </ul>
    </div>
  );
}
