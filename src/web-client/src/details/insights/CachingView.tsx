import { en } from '../../strings/en';
import { Fact, Facts } from '../Facts';
import type { CacheVerdict, Caching } from './caching';
import { formatAge } from './formatAge';
import classes from './InsightsTab.module.css';

/** What a browser's cache and one that many share do with the response. */
export function CachingView({ caching }: { caching: Caching }) {
  return (
    <>
      <div className={classes.verdicts}>
        <Verdict title={en.insights.privateCache} verdict={caching.private} />
        <Verdict title={en.insights.sharedCache} verdict={caching.shared} />
      </div>
      <Facts>
        {caching.facts.map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </Facts>
    </>
  );
}

function Verdict({ title, verdict }: { title: string; verdict: CacheVerdict }) {
  const fresh = verdict.freshFor ?? 0;
  return (
    <article className={classes.card} data-tone={verdict.isStored ? 'good' : 'note'} data-testid="cache-verdict">
      <h4>{title}</h4>
      <p>
        <b>
          {!verdict.isStored
            ? en.insights.notStored
            : fresh > 0
              ? en.insights.storedFor(formatAge(fresh))
              : en.insights.storedStale}
        </b>
      </p>
      <p>{[verdict.storedBecause, verdict.freshBecause, verdict.afterwards].filter(Boolean).join(' ')}</p>
      <small>{verdict.source}</small>
    </article>
  );
}
