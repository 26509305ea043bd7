import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCopy, IconDownload, IconSearch, IconTextWrap } from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { ActionTooltip } from '../../actions/ActionTooltip';
import { useIsPressed } from '../../actions/useKeysOf';
import { type BodyPart, bodyUrl } from '../../api/rest';
import type { FlowDetail, Side } from '../../api/types';
import { copyBody } from '../../copy/copyFlow';
import { formatSize } from '../../format/format';
import { ErrorBoundary } from '../../shell/ErrorBoundary';
import { en } from '../../strings/en';
import { usePersistent } from '../../theme/persistent';
import classes from './BodyView.module.css';
import { type BodySource, isWhole } from './bodySource';
import { chooseMode, modeKey } from './chooseMode';
import { type BodyMode, detectBody, isBinary, isSvg } from './detectBody';
import { FindBar } from './FindBar';
import { HexView } from './HexView';
import { mostLoaded, nextPart } from './parts';
import { RowsView } from './RowsView';
import { TextView } from './TextView';
import { type FindQuery, useBodySearch } from './useBodySearch';
import { useFormatted } from './useFormatted';

const JsonTree = lazy(() => import('./json/JsonTree'));
const TableMode = lazy(() => import('./TableMode'));
const PreviewView = lazy(() => import('./PreviewView'));
const DecodedView = lazy(() => import('./DecodedView'));

const noModes: Record<string, BodyMode> = {};
const noQuery: FindQuery = { text: '', regex: false, matchCase: false };
/** The ways to show a body in which what was found can be seen. */
const findable: ReadonlySet<BodyMode> = new Set(['pretty', 'raw', 'hex']);

interface Props {
  flow: FlowDetail;
  side: Side;
  part: BodyPart;
  storedSize: number;
  contentType: string | null;
  /** Asks for so many bytes more. */
  onMore(bytes: number): void;
}

export function LoadedBody({ flow, side, part, storedSize, contentType, onMore }: Props) {
  const [remembered, setRemembered] = usePersistent('bodyModes', noModes);
  const [wrap, setWrap] = usePersistent('bodyWrap', true);
  const [query, setQuery] = useState<FindQuery | null>(null);
  const [asked, setAsked] = useState(0);
  const facts = useMemo(() => {
    const found = detectBody(contentType, part.bytes);
    // What the server would not decode is not decoded here either.
    return part.decodeError ? { ...found, modes: found.modes.filter((one) => one !== 'decoded') } : found;
  }, [contentType, part.bytes, part.decodeError]);
  const whole = isWhole(part);
  const chosen = chooseMode(facts, whole, remembered);
  const finding = query !== null && query.text !== '';
  const mode = finding && !findable.has(chosen) ? (facts.modes.find((one) => findable.has(one)) ?? chosen) : chosen;
  const source: BodySource = { id: flow.id, side, charset: facts.charset, storedSize, part };
  const { search, go } = useBodySearch(flow.id, side, facts.charset, storedSize, query);
  const { matches } = search;
  const current = matches[search.index - search.first] ?? null;

  // Rows are cut by bytes, which UTF-16 does not allow; of such a text only the beginning is shown.
  const byRows = mode === 'raw' && !whole && !facts.charset.startsWith('utf-16');
  const isText = (mode === 'pretty' || mode === 'raw') && !byRows;
  const needsText = isText || mode === 'tree' || mode === 'table' || mode === 'decoded' || isSvg(facts);
  const text = useMemo(
    () => (needsText ? new TextDecoder(facts.charset).decode(part.bytes) : ''),
    [needsText, facts.charset, part.bytes],
  );
  const formatted = useFormatted(text, facts, whole, mode === 'pretty');
  const label = `${en.body.title}, ${en.body.mode[mode]}`;
  const left = part.total === null ? null : part.total - part.bytes.length;
  const more = left !== null && (part.total ?? 0) <= mostLoaded ? left : nextPart;
  const isFind = useIsPressed('body.find');
  const opener = useRef<HTMLButtonElement>(null);
  const find = () => {
    setQuery((now) => now ?? noQuery);
    setAsked((count) => count + 1);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of what is inside.
    <div
      className={classes.loaded}
      onKeyDown={(event) => {
        if (!isFind(event.nativeEvent)) return;
        event.preventDefault();
        event.stopPropagation();
        find();
      }}
    >
      <header className={classes.bar}>
        <h3>{en.body.title}</h3>
        <span className={classes.meta}>
          {part.total === null ? en.body.atLeast(formatSize(part.bytes.length)) : formatSize(part.total)}
          {part.decoded && ` · ${en.body.onWire(formatSize(storedSize))}`}
          {facts.mediaType && ` · ${facts.mediaType}`}
        </span>
        {part.decoded && <span className={classes.chip}>{en.body.decoded(part.decoded)}</span>}
        <span className={classes.space} />
        <SegmentedControl
          size="xs"
          aria-label={en.body.modes}
          value={mode}
          onChange={(value) => setRemembered({ ...remembered, [modeKey(facts, whole)]: value as BodyMode })}
          data={facts.modes.map((value) => ({
            value,
            label: <span data-testid={`body-mode-${value}`}>{en.body.mode[value]}</span>,
          }))}
        />
        <ActionTooltip action="body.find" label={en.find.open}>
          <ActionIcon
            ref={opener}
            data-testid="find"
            aria-label={en.find.open}
            aria-pressed={query !== null}
            data-on={query !== null}
            onClick={find}
          >
            <IconSearch size={16} />
          </ActionIcon>
        </ActionTooltip>
        {isText && (
          <Tooltip label={en.body.wrap}>
            <ActionIcon aria-label={en.body.wrap} aria-pressed={wrap} data-on={wrap} onClick={() => setWrap(!wrap)}>
              <IconTextWrap size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        {!isBinary(facts) && (
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
      {query && (
        <FindBar
          query={query}
          search={search}
          asked={asked}
          onQuery={setQuery}
          onGo={go}
          onClose={() => {
            setQuery(null);
            // The field that had the focus goes.
            opener.current?.focus();
          }}
        />
      )}
      {part.decodeError && (
        <Warning text={part.decoded ? en.body.damaged(part.decodeError) : en.body.decodeError(part.decodeError)} />
      )}
      {isText && formatted.warning && <Warning text={formatted.warning} />}
      {byRows && <div className={classes.banner}>{en.body.byRows}</div>}
      {!whole && !byRows && needsText && (
        <div className={classes.banner}>
          {part.total === null
            ? en.body.firstOnly(formatSize(part.bytes.length))
            : en.body.partial(formatSize(part.bytes.length), formatSize(part.total))}
          <Button size="compact-xs" variant="default" onClick={() => onMore(more)}>
            {left !== null && more >= left ? en.body.rest : en.body.more(formatSize(more))}
          </Button>
        </div>
      )}
      <div className={classes.content}>
        <ErrorBoundary
          resetKey={`${flow.id}/${mode}/${storedSize}`}
          fallback={(reason) => (
            <p className={classes.note} role="alert">
              {en.body.cannotShow(reason)}
            </p>
          )}
        >
          <Suspense fallback={<p className={classes.note}>{en.body.loading}</p>}>
            {mode === 'hex' && <HexView source={source} matches={matches} current={current} label={label} />}
            {mode === 'preview' && <PreviewView source={source} facts={facts} text={text} />}
            {mode === 'tree' && !whole && <p className={classes.note}>{en.tree.partial}</p>}
            {mode === 'tree' && whole && <JsonTree text={text} label={label} />}
            {mode === 'table' && !whole && facts.kind === 'json' && <p className={classes.note}>{en.table.partial}</p>}
            {mode === 'table' && (whole || facts.kind !== 'json') && (
              <TableMode facts={facts} contentType={contentType ?? ''} text={text} bytes={part.bytes} label={label} />
            )}
            {mode === 'decoded' && <DecodedView source={source} facts={facts} text={text} wrap={wrap} label={label} />}
            {byRows && <RowsView source={source} matches={matches} current={current} label={label} />}
            {isText && (
              <TextView
                source={text}
                bytes={part.bytes}
                charset={facts.charset}
                text={formatted.text}
                language={formatted.language}
                wrap={wrap}
                label={label}
                matches={matches}
                current={current}
                resetKey={flow.id}
              />
            )}
          </Suspense>
        </ErrorBoundary>
      </div>
    </div>
  );
}

function Warning({ text }: { text: string }) {
  return (
    <div className={classes.warning} role="note" data-testid="body-warning">
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
