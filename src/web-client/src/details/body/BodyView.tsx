import { useState } from 'react';
import type { FlowDetail, Side } from '../../api/types';
import { headerValue } from '../../copy/copyFlow';
import { en } from '../../strings/en';
import classes from './BodyView.module.css';
import { LoadedBody } from './LoadedBody';
import { firstPart } from './parts';
import { useBody } from './useBody';

interface Props {
  flow: FlowDetail;
  side: Side;
}

export function BodyView({ flow, side }: Props) {
  const message = flow[side];
  const size = message?.bodySize ?? 0;
  const [limits, setLimits] = useState({ id: flow.id, limit: firstPart });
  const limit = limits.id === flow.id ? limits.limit : firstPart;
  const result = useBody(flow.id, side, size, limit);

  return (
    <section
      className={classes.view}
      data-empty={result.kind === 'empty'}
      data-testid="body-view"
      aria-label={en.body.title}
    >
      {result.kind === 'empty' && (
        <p className={classes.note}>
          {flow.state === 'done' || flow.state === 'error' || side === 'request' ? en.body.none : en.body.notYet}
        </p>
      )}
      {result.kind === 'loading' && <p className={classes.note}>{en.body.loading}</p>}
      {result.kind === 'failed' && (
        <p className={classes.note} role="alert">
          {en.body.failed}: {result.message}
        </p>
      )}
      {result.kind === 'ready' && (
        <LoadedBody
          key={`${flow.id}/${side}`}
          flow={flow}
          side={side}
          part={result.body}
          storedSize={size}
          contentType={headerValue(message?.headers, 'content-type')}
          onMore={(bytes) => setLimits({ id: flow.id, limit: limit + bytes })}
        />
      )}
    </section>
  );
}
