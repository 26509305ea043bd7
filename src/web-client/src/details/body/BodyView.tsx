import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCopy, IconDownload, IconTextWrap } from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { type BodyPart, bodyUrl } from '../../api/rest';
import type { FlowDetail, Side } from '../../api/types';
import { copyBody, headerValue } from '../../copy/copyFlow';
import { formatSize } from '../../format/format';
import { ErrorBoundary } from '../../shell/ErrorBoundary';
import { en } from '../../strings/en';
import { usePersistent } from '../../theme/persistent';
import classes from './BodyView.module.css';
import { type BodyMode, detectBody, isSvg } from './detectBody';
import { FormView } from './FormView';
import { HexView } from './HexView';
import { ImageView } from './ImageView';
import { chooseMode, presentBody } from './presentBody';
import { firstPart, nextPart, useBody } from './useBody';

const CodeView = lazy(() => import('./CodeView'));
/** Shown when the editor cannot be loaded (the proxy is away, or was updated since this page was opened). */
const maxPlain = 200_000;
const noModes: Record<string, BodyMode> = {};

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
  const contentType = headerValue(message?.headers, 'content-type');

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
          flow={flow}
          side={side}
          body={result.body}
          contentType={contentType}
          onMore={() => setLimits({ id: flow.id, limit: limit + nextPart })}
        />
      )}
    </section>
  );
}

interface LoadedProps extends Props {
  body: BodyPart;
  contentType: string | null;
  onMore(): void;
}

function LoadedBody({ flow, side, body, contentType, onMore }: LoadedProps) {
  const [remembered, setRemembered] = usePersistent('bodyModes', noModes);
  const [wrap, setWrap] = usePersistent('bodyWrap', true);
  const facts = useMemo(() => detectBody(contentType, body.bytes), [contentType, body.bytes]);
  const mode = chooseMode(facts, remembered);
  const complete = body.bytes.length >= body.total;
  const isText = mode === 'pretty' || mode === 'raw';
  const text = useMemo(
    () => (isText || isSvg(facts) ? new TextDecoder(facts.charset).decode(body.bytes) : ''),
    [isText, facts, body.bytes],
  );
  const presented = useMemo(
    () => (isText && facts.kind !== 'form' ? presentBody(text, facts, mode, complete) : null),
    [isText, text, facts, mode, complete],
  );
  const shown = presented ?? { text, language: 'text' as const, warning: null };
  const label = `${en.body.title}, ${en.body.mode[mode]}`;

  return (
    <>
      <header className={classes.bar}>
        <h3>{en.body.title}</h3>
        <span className={classes.meta}>
          {formatSize(body.total)}
          {body.decoded && ` · ${en.body.onWire(formatSize(flow[side]?.bodySize ?? 0))}`}
          {facts.mediaType && ` · ${facts.mediaType}`}
        </span>
        {body.decoded && <span className={classes.chip}>{en.body.decoded(body.decoded)}</span>}
        <span className={classes.space} />
        <SegmentedControl
          size="xs"
          aria-label={en.body.modes}
          value={mode}
          onChange={(value) => setRemembered({ ...remembered, [facts.mediaType]: value as BodyMode })}
          data={facts.modes.map((value) => ({
            value,
            label: <span data-testid={`body-mode-${value}`}>{en.body.mode[value]}</span>,
          }))}
        />
        {isText && (
          <Tooltip label={en.body.wrap}>
            <ActionIcon aria-label={en.body.wrap} aria-pressed={wrap} data-on={wrap} onClick={() => setWrap(!wrap)}>
              <IconTextWrap size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        {facts.kind !== 'binary' && (facts.kind !== 'image' || isSvg(facts)) && (
          <Tooltip label={side === 'request' ? en.menu.copyRequestBody : en.menu.copyResponseBody}>
            <ActionIcon
              aria-label={side === 'request' ? en.menu.copyRequestBody : en.menu.copyResponseBody}
              onClick={() => copyBody(flow.id, side)}
            >
              <IconCopy size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        <Tooltip label={en.body.download}>
          <ActionIcon
            component="a"
            aria-label={en.body.download}
            href={bodyUrl(flow.id, side, { decoded: true })}
            download={fileName(flow, side)}
          >
            <IconDownload size={16} />
          </ActionIcon>
        </Tooltip>
      </header>
      {body.decodeError && <Warning text={en.body.decodeError(body.decodeError)} />}
      {shown.warning && <Warning text={shown.warning} />}
      {!complete && mode !== 'image' && (
        <div className={classes.banner}>
          {en.body.partial(formatSize(body.bytes.length), formatSize(body.total))}
          <Button size="compact-xs" variant="default" onClick={onMore}>
            {en.body.more(formatSize(Math.min(nextPart, body.total - body.bytes.length)))}
          </Button>
        </div>
      )}
      <div className={classes.content}>
        {mode === 'hex' && <HexView bytes={body.bytes} label={label} />}
        {mode === 'image' && (
          <ImageView src={bodyUrl(flow.id, side, { decoded: true, image: true })} svg={isSvg(facts) ? text : null} />
        )}
        {mode === 'pretty' && facts.kind === 'form' && <FormView text={text} />}
        {isText && !(mode === 'pretty' && facts.kind === 'form') && (
          <ErrorBoundary
            resetKey={flow.id}
            fallback={() => (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
              <pre className={classes.plain} tabIndex={0}>
                {shown.text.slice(0, maxPlain)}
              </pre>
            )}
          >
            <Suspense fallback={<pre className={classes.plain}>{shown.text.slice(0, 4000)}</pre>}>
              <CodeView text={shown.text} language={shown.language} wrap={wrap} label={label} />
            </Suspense>
          </ErrorBoundary>
        )}
      </div>
    </>
  );
}

function Warning({ text }: { text: string }) {
  return (
    <div className={classes.warning} role="note">
      <IconAlertTriangle size={14} aria-hidden="true" />
      {text}
    </div>
  );
}

function fileName(flow: FlowDetail, side: Side): string {
  const last = (flow.path ?? '').split('?')[0]?.split('/').pop() ?? '';
  const safe = last.replace(/[^\w.-]+/g, '_');
  return side === 'response' && safe ? safe : `flow-${flow.id}-${side}`;
}
