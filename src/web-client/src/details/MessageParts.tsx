import type { FlowDetail, Side } from '../api/types';
import { en } from '../strings/en';
import { CookieTable } from './CookieTable';
import { Fold } from './Fold';
import { queryTerms } from './filterTerms';
import { JwtView } from './JwtView';
import classes from './MessageParts.module.css';
import { authorizationsOf, credentialsOf, queryOf, sentCookies, setCookies, tokensOf } from './messageParts';
import { PairTable } from './PairTable';

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
        <Fold title={en.parts.query} note={String(query.length)} testId="query-part" remember="query">
          <PairTable pairs={query} terms={queryTerms(flow.request?.target ?? '')} />
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
            remember="authorization"
          >
            {credentials.kind === 'jwt' ? (
              <JwtView jwt={credentials.jwt} />
            ) : credentials.kind === 'basic' ? (
              <PairTable
                pairs={[
                  [en.parts.user, credentials.user],
                  [en.parts.password, credentials.password],
                ]}
              />
            ) : credentials.kind === 'parameters' ? (
              <PairTable pairs={credentials.parameters.map(({ name, value: text }) => [name, text])} />
            ) : (
              <PairTable pairs={[[en.parts.value, credentials.value]]} />
            )}
          </Fold>
        );
      })}
      {sent.length > 0 && (
        <Fold title={en.parts.cookies} note={String(sent.length)} testId="cookies-part" remember="cookies">
          <CookieTable cookies={sent.map((cookie) => ({ ...cookie, attributes: [] }))} />
        </Fold>
      )}
      {set.length > 0 && (
        <Fold title={en.parts.setCookies} note={String(set.length)} testId="cookies-part" remember="cookies">
          <CookieTable cookies={set} />
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
