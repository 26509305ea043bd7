import type { FlowDetail, Side } from '../api/types';
import { formatSize } from '../format/format';
import { en } from '../strings/en';
import { BodyView } from './body/BodyView';
import classes from './FlowDetails.module.css';
import { HeadersTable } from './HeadersTable';
import { MessageParts } from './MessageParts';

interface Props {
  flow: FlowDetail;
  side: Side;
}

export function MessagePane({ flow, side }: Props) {
  const message = flow[side];
  return (
    <section
      className={classes.message}
      data-testid={`${side}-pane`}
      aria-label={side === 'request' ? en.details.tabs.request : en.details.tabs.response}
    >
      {message ? (
        <>
          <div className={classes.head}>
            <div className={classes.startLine}>
              <h3>{side === 'request' ? en.details.tabs.request : en.details.tabs.response}</h3>
              <code>{startLine(flow, side)}</code>
              <span>{en.details.headSize(formatSize(message.headSize))}</span>
            </div>
            {side === 'response' &&
              flow.interim.map((interim, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: they only ever grow at the end.
                <details key={i} className={classes.interim}>
                  <summary>
                    {en.details.interim} <code>{`${interim.status} ${interim.reason}`}</code>
                  </summary>
                  <HeadersTable headers={interim.headers} side={side} />
                </details>
              ))}
            <HeadersTable headers={message.headers} side={side} testId="headers-table" />
            <MessageParts flow={flow} side={side} />
            {message.trailers && message.trailers.length > 0 && (
              <>
                <h4 className={classes.subhead}>{en.details.trailers}</h4>
                <HeadersTable headers={message.trailers} side={side} />
              </>
            )}
            {side === 'response' && flow.kind === 'websocket' && (
              <p className={classes.noteLine}>
                {en.details.websocketNote}{' '}
                {en.details.bytes(formatSize(flow.requestSize), formatSize(flow.responseSize))}
              </p>
            )}
          </div>
          {flow.kind !== 'websocket' && <BodyView flow={flow} side={side} />}
        </>
      ) : (
        <div className={classes.missing}>
          <h3>{side === 'request' ? en.details.tabs.request : en.details.tabs.response}</h3>
          <p>{missingText(flow, side)}</p>
        </div>
      )}
    </section>
  );
}

function startLine(flow: FlowDetail, side: Side): string {
  if (side === 'request') {
    const { request } = flow;
    return request ? `${request.method} ${request.target} ${request.httpVersion}` : '';
  }
  const { response } = flow;
  return response ? `${response.httpVersion} ${response.status} ${response.reason}`.trim() : '';
}

function missingText(flow: FlowDetail, side: Side): string {
  return side === 'response' && flow.state === 'pending' ? en.details.waiting : en.details.noResponse;
}
