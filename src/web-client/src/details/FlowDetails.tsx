import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconCopy, IconPencil, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { ActionTooltip } from '../actions/ActionTooltip';
import type { FlowDetail } from '../api/types';
import { CopyAsButton } from '../copy/CopyAsMenu';
import { copyBody, copyHeaders, oneFlow } from '../copy/copyFlow';
import { flowUrl } from '../copy/sentRequest';
import { formatDuration, formatSize, formatVersions } from '../format/format';
import { NotesTab } from '../notes/NotesTab';
import { ErrorBoundary } from '../shell/ErrorBoundary';
import { en } from '../strings/en';
import { methodClass, statusClass } from '../traffic/category';
import type { DetailTab } from '../traffic/location';
import { ConnectionTab } from './ConnectionTab';
import classes from './FlowDetails.module.css';
import { FlowError } from './FlowError';
import { MessagePane } from './MessagePane';
import { statusDoc } from './statusDocs';
import { TimingTab } from './TimingTab';
import { type DetailResult, useFlowDetail } from './useFlowDetail';

const DiffTab = lazy(() => import('./diff/DiffTab'));
const InsightsTab = lazy(() => import('./insights/InsightsTab'));

/** From this width on, request and response stand side by side. */
const wideFrom = 900;

interface Props {
  id: number;
  tab: DetailTab;
  /** The flow to compare with. */
  compare: number | null;
  onTab(tab: DetailTab): void;
  onClose(): void;
}

export function FlowDetails({ id, tab, compare, onTab, onClose }: Props) {
  const result = useFlowDetail(id);
  const shown = useLastFlow(result);
  const root = useRef<HTMLElement>(null);
  const [wide, setWide] = useState(false);

  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return;
    const measure = () => setWide(element.clientWidth >= wideFrom);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const title = shown ? `${shown.method ?? shown.kind.toUpperCase()} ${shown.host}${shown.path ?? ''}` : null;
  useEffect(() => {
    document.title = title ? `${title} · ${en.appName}` : en.appName;
    return () => {
      document.title = en.appName;
    };
  }, [title]);

  return (
    <section
      ref={root}
      className={classes.details}
      aria-label={en.details.label}
      data-testid="flow-details"
      data-wide={wide}
      tabIndex={-1}
    >
      {result.kind === 'gone' || (result.kind === 'failed' && !shown) ? (
        <div className={classes.gone}>
          <h2>{result.kind === 'gone' ? en.details.gone : en.details.loadFailed}</h2>
          <p>{result.kind === 'gone' ? en.details.goneHint : result.message}</p>
          <Button variant="default" onClick={onClose}>
            {en.details.back}
          </Button>
        </div>
      ) : shown ? (
        <ErrorBoundary
          resetKey={`${shown.id}/${shown.seq}/${tab}`}
          fallback={(reason) => (
            <div className={classes.gone} role="alert">
              <h2>{en.details.cannotShow}</h2>
              <p>{reason}</p>
              <Button variant="default" onClick={onClose}>
                {en.details.back}
              </Button>
            </div>
          )}
        >
          <Loaded flow={shown} tab={tab} compare={compare} wide={wide} onTab={onTab} onClose={onClose} />
        </ErrorBoundary>
      ) : (
        <p className={classes.loading}>{en.details.loading}</p>
      )}
    </section>
  );
}

/** Keeps the flow before on screen for the moment that the next one needs to load: nothing flickers while moving. */
function useLastFlow(result: DetailResult): FlowDetail | null {
  const [last, setLast] = useState<FlowDetail | null>(null);
  if (result.kind === 'ready' && result.flow !== last) setLast(result.flow);
  return result.kind === 'ready' ? result.flow : last;
}

interface LoadedProps {
  flow: FlowDetail;
  tab: DetailTab;
  compare: number | null;
  wide: boolean;
  onTab(tab: DetailTab): void;
  onClose(): void;
}

function Loaded({ flow, tab, compare, wide, onTab, onClose }: LoadedProps) {
  const isExchange = tab === 'request' || tab === 'response';
  const isHttp = flow.kind === 'http' || flow.kind === 'websocket';
  const tabs: { value: DetailTab; label: string; selected: boolean }[] = [
    ...(!isHttp
      ? [{ value: 'response' as const, label: en.details.tabs.overview, selected: isExchange }]
      : wide
        ? [{ value: 'response' as const, label: en.details.tabs.exchange, selected: isExchange }]
        : [
            { value: 'request' as const, label: en.details.tabs.request, selected: tab === 'request' },
            { value: 'response' as const, label: en.details.tabs.response, selected: tab === 'response' },
          ]),
    { value: 'timing', label: en.details.tabs.timing, selected: tab === 'timing' },
    { value: 'connection', label: en.details.tabs.connection, selected: tab === 'connection' },
    ...(isHttp ? [{ value: 'insights' as const, label: en.details.tabs.insights, selected: tab === 'insights' }] : []),
    ...(compare !== null ? [{ value: 'diff' as const, label: en.details.tabs.diff, selected: tab === 'diff' }] : []),
    { value: 'notes', label: en.details.tabs.notes, selected: tab === 'notes' },
  ];
  const failed = flow.state === 'error' || flow.errorDetail !== null;

  return (
    <>
      <DetailsHeader flow={flow} onClose={onClose} />
      <div className={classes.tabs} role="tablist" aria-label={en.details.label}>
        {tabs.map(({ value, label, selected }) => (
          <button
            key={value}
            type="button"
            role="tab"
            id={`tab-${value}`}
            aria-selected={selected}
            aria-controls="tab-panel"
            data-testid={`tab-${value}`}
            onClick={() => onTab(value)}
          >
            {label}
          </button>
        ))}
      </div>
      <div
        id="tab-panel"
        className={classes.panel}
        role="tabpanel"
        aria-labelledby={`tab-${(wide || !isHttp) && tab === 'request' ? 'response' : tab}`}
      >
        {isExchange && (
          <>
            {failed && <FlowError flow={flow} />}
            {isHttp ? (
              <div className={classes.exchange} data-wide={wide}>
                {(wide || tab === 'request') && <MessagePane flow={flow} side="request" />}
                {(wide || tab === 'response') && <MessagePane flow={flow} side="response" />}
              </div>
            ) : (
              <RawOverview flow={flow} />
            )}
          </>
        )}
        {tab === 'timing' && <TimingTab flow={flow} />}
        {tab === 'connection' && <ConnectionTab flow={flow} />}
        {tab === 'insights' && (
          <Suspense fallback={<p className={classes.loading}>{en.details.loading}</p>}>
            <InsightsTab flow={flow} />
          </Suspense>
        )}
        {tab === 'diff' && compare !== null && (
          <Suspense fallback={<p className={classes.loading}>{en.details.loading}</p>}>
            <DiffTab flow={flow} otherId={compare} />
          </Suspense>
        )}
        {tab === 'notes' && <NotesTab key={flow.id} flow={flow} />}
      </div>
    </>
  );
}

/** A connection on which no HTTP was spoken. */
function RawOverview({ flow }: { flow: FlowDetail }) {
  const bytes = en.details.bytes(formatSize(flow.requestSize), formatSize(flow.responseSize));
  if (flow.kind === 'tls') {
    const { tls, tlsLate } = en.details.noRequest;
    return <p className={classes.missing}>{flow.clientConnection?.tls?.version ? tlsLate : tls}</p>;
  }
  return (
    <div className={classes.missing}>
      <p>{`${flow.kind === 'passedThrough' ? en.details.noRequest.passedThrough : en.details.noRequest.tcp} ${bytes}.`}</p>
      {flow.passThroughReason && <p>{flow.passThroughReason}</p>}
    </div>
  );
}

function DetailsHeader({ flow, onClose }: { flow: FlowDetail; onClose(): void }) {
  const versions = formatVersions(flow.httpVersion, flow.serverHttpVersion);
  const url = flowUrl(flow);
  const isHttp = flow.kind === 'http' || flow.kind === 'websocket';
  return (
    <header className={classes.header}>
      <div className={classes.line}>
        {flow.method ? (
          <b className={classes.method} data-method={methodClass(flow.method)}>
            {flow.method}
          </b>
        ) : (
          <b className={classes.method} data-method="other">
            {flow.kind === 'passedThrough' ? en.list.passedThrough : flow.kind.toUpperCase()}
          </b>
        )}
        <h2 className={classes.url} title={url}>
          <span className={classes.urlDim}>{flow.scheme}://</span>
          {url.slice((flow.scheme ?? 'tcp').length + 3)}
        </h2>
        <CopyAsButton selection={oneFlow(flow.id)} isHttp={isHttp} position="bottom-end">
          {isHttp && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => copyHeaders(flow.id, 'request')}>
                {en.menu.copyRequestHeaders}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconCopy size={15} />}
                disabled={flow.requestSize === 0}
                onClick={() => copyBody(flow.id, 'request')}
              >
                {en.menu.copyRequestBody}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconCopy size={15} />}
                disabled={!flow.response}
                onClick={() => copyHeaders(flow.id, 'response')}
              >
                {en.menu.copyResponseHeaders}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconCopy size={15} />}
                disabled={flow.responseSize === 0}
                onClick={() => copyBody(flow.id, 'response')}
              >
                {en.menu.copyResponseBody}
              </Menu.Item>
            </>
          )}
        </CopyAsButton>
        <ActionTooltip action="leave" label={en.details.close}>
          <ActionIcon aria-label={en.details.close} onClick={onClose}>
            <IconX size={16} />
          </ActionIcon>
        </ActionTooltip>
      </div>
      <div className={classes.facts}>
        {flow.status !== null && (
          <span
            className={classes.status}
            data-status={statusClass(flow.status)}
            title={statusDoc(flow.status) ?? undefined}
          >
            {flow.status} {flow.reason}
          </span>
        )}
        {flow.state === 'pending' && <span className={classes.going}>{en.sentence.pending}</span>}
        {flow.state === 'streaming' && <span className={classes.going}>{en.list.streaming}</span>}
        {flow.state === 'error' && <span className={classes.failed}>{en.list.errorLabel}</span>}
        {flow.modifiedBy && (
          <span className={classes.modified} title={en.modified.text(flow.modifiedBy)} data-testid="modified">
            <IconPencil size={12} aria-hidden="true" />
            {en.modified.mark(flow.modifiedBy)}
          </span>
        )}
        {versions && <span>{versions}</span>}
        {flow.responseSize > 0 && <span>{formatSize(flow.responseSize)}</span>}
        {flow.durationMs !== null && <span>{formatDuration(flow.durationMs)}</span>}
        {flow.serverAddress && <span className={classes.address}>{flow.serverAddress}</span>}
      </div>
    </header>
  );
}
