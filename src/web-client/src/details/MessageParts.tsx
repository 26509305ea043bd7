import type { ReactNode } from 'react';
import type { FlowDetail, Side } from '../api/types';
import { en } from '../strings/en';
import { Fold } from './Fold';
import { JwtView } from './JwtView';
import classes from './MessageParts.module.css';
import { authorizationsOf, credentialsOf, queryOf, sentCookies, setCookies, tokensOf } from './messageParts';

/** What is in a message's head in an encoding of its own: query, cookies, authorization, tokens. */
export function MessageParts({ flow, side }: { flow: FlowDetail; side: Side }) {
  const headers = flow[side]?.headers ?? [];
  const query = side === 'request' ? queryOf(flow.request?.target ?? '') : [];
  const sent = side === 'request' ? sentCookies(headers) : [];
  const set = side === 'response' ? setCookies(headers) : [];
  const tokens = tokensOf(headers);
  return (
    <div className={classes.parts}>
      {query.length > 0 && (
        <Fold title={en.parts.query} note={String(query.length)} testId="query-part">
          <Pairs pairs={query} />
        </Fold>
      )}
      {authorizationsOf(headers).map(({ header, value }, i) => {
        const credentials = credentialsOf(value);
        return (
          <Fold
            // biome-ignore lint/suspicious/noArrayIndexKey: a header may repeat, and the order is that of the wire.
            key={i}
            title={header}
            note={credentials.kind === 'jwt' ? `${credentials.scheme} · ${en.jwt.title}` : credentials.scheme}
            testId="authorization-part"
          >
            {credentials.kind === 'jwt' ? (
              <JwtView jwt={credentials.jwt} />
            ) : credentials.kind === 'basic' ? (
              <Pairs
                pairs={[
                  [en.parts.user, credentials.user],
                  [en.parts.password, credentials.password],
                ]}
              />
            ) : credentials.kind === 'parameters' ? (
              <Pairs pairs={credentials.parameters.map(({ name, value: text }) => [name, text])} />
            ) : (
              <Pairs pairs={[[en.parts.value, credentials.value]]} />
            )}
          </Fold>
        );
      })}
      {sent.length > 0 && (
        <Fold title={en.parts.cookies} note={String(sent.length)} testId="cookies-part">
          <Pairs pairs={sent.map(({ name, value }) => [name, value])} />
        </Fold>
      )}
      {set.length > 0 && (
        <Fold title={en.parts.setCookies} note={String(set.length)} testId="cookies-part">
          <Pairs
            pairs={set.map(({ name, value, attributes }) => [
              name,
              <>
                {value}
                {attributes.map((attribute, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: they may repeat.
                  <span key={i} className={classes.attribute}>
                    {attribute.value ? `${attribute.name}=${attribute.value}` : attribute.name}
                  </span>
                ))}
              </>,
            ])}
          />
        </Fold>
      )}
      {tokens.map(({ place, jwt }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat.
        <Fold key={i} title={place} note={en.jwt.title}>
          <JwtView jwt={jwt} />
        </Fold>
      ))}
    </div>
  );
}

function Pairs({ pairs }: { pairs: readonly (readonly [string, ReactNode])[] }) {
  return (
    <table className={classes.pairs}>
      <tbody>
        {pairs.map(([name, value], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names repeat, and the order is what was sent.
          <tr key={i}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
