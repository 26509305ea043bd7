import { en } from '../strings/en';
import { cookieTerm } from './filterTerms';
import classes from './MessageParts.module.css';
import type { SetCookie } from './messageParts';
import { PairTable } from './PairTable';

/** Cookies with what they say of themselves; what an attribute means comes when it is pointed at. */
export function CookieTable({ cookies }: { cookies: readonly SetCookie[] }) {
  return (
    <PairTable
      pairs={cookies.map(({ name, value }) => [name, value])}
      terms={cookies.map(({ name, value }) => cookieTerm(name, value))}
      more={(index) =>
        cookies[index]?.attributes.map((attribute, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: they may repeat.
            key={i}
            className={classes.attribute}
            title={en.parts.attribute[attribute.name.toLowerCase()]}
          >
            {attribute.value ? `${attribute.name}=${attribute.value}` : attribute.name}
          </span>
        ))
      }
    />
  );
}
