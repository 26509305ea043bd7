import { Button, SegmentedControl, Switch } from '@mantine/core';
import { IconArrowsExchange, IconX } from '@tabler/icons-react';
import type { FlowDetail } from '../../api/types';
import { flowUrl } from '../../copy/sentRequest';
import { formatSize } from '../../format/format';
import { en } from '../../strings/en';
import { usePersistent } from '../../theme/persistent';
import { usePlace } from '../../traffic/location';
import { useFlowDetail } from '../useFlowDetail';
import { BodyDiff } from './BodyDiff';
import classes from './DiffTab.module.css';
import { HeaderDiff } from './HeaderDiff';
import { Changed } from './LineDiff';

const text = en.diff;

interface Props {
  /** The flow whose details are open. */
  flow: FlowDetail;
  /** The flow that it is compared with. */
  otherId: number;
}

/** How one flow differs from another. */
export default function DiffTab({ flow, otherId }: Props) {
  const other = useFlowDetail(otherId);
  const [, go] = usePlace();
  const stop = () => go({ compare: null, tab: 'response' });
  if (other.kind === 'loading') return <p className={classes.note}>{text.loading}</p>;
  if (other.kind !== 'ready')
    return (
      <div className={classes.tab}>
        <p className={classes.note} role="alert">
          {other.kind === 'gone' ? text.gone(otherId) : text.failed(other.message)}
        </p>
        <Button size="compact-sm" variant="default" onClick={stop}>
          {text.stop}
        </Button>
      </div>
    );
  return (
    <Comparison
      left={other.flow}
      right={flow}
      onStop={stop}
      onSwap={() => go({ flowId: otherId, compare: flow.id, tab: 'diff' })}
    />
  );
}

interface ComparisonProps {
  left: FlowDetail;
  right: FlowDetail;
  onStop(): void;
  onSwap(): void;
}

function Comparison({ left, right, onStop, onSwap }: ComparisonProps) {
  const [all, setAll] = usePersistent('diffAll', false);
  const [form, setForm] = usePersistent<'decoded' | 'sent'>('diffForm', 'decoded');
  const decoded = form === 'decoded';
  return (
    <div className={classes.tab} data-testid="diff">
      <header className={classes.bar}>
        <Button size="compact-xs" variant="default" leftSection={<IconArrowsExchange size={13} />} onClick={onSwap}>
          {text.swap}
        </Button>
        <SegmentedControl
          size="xs"
          aria-label={text.form}
          value={form}
          onChange={(value) => setForm(value === 'sent' ? 'sent' : 'decoded')}
          data={[
            { value: 'decoded', label: text.decoded },
            { value: 'sent', label: text.asSent },
          ]}
        />
        <Switch
          size="xs"
          label={text.showEqual}
          checked={all}
          onChange={({ currentTarget }) => setAll(currentTarget.checked)}
        />
        <Button size="compact-xs" variant="default" leftSection={<IconX size={13} />} onClick={onStop}>
          {text.stop}
        </Button>
      </header>
      <div className={classes.pair}>
        <Flow flow={left} side="left" />
        <Flow flow={right} side="right" />
      </div>
      <section>
        <h3>{en.details.tabs.request}</h3>
        <StartLines left={requestLine(left)} right={requestLine(right)} />
        <HeaderDiff left={left.request?.headers ?? []} right={right.request?.headers ?? []} onlyDifferent={!all} />
        <h4>{text.requestBody}</h4>
        <BodyDiff left={left} right={right} side="request" decoded={decoded} />
      </section>
      <section>
        <h3>{en.details.tabs.response}</h3>
        <StartLines left={statusLine(left)} right={statusLine(right)} />
        <HeaderDiff left={left.response?.headers ?? []} right={right.response?.headers ?? []} onlyDifferent={!all} />
        <h4>{text.responseBody}</h4>
        <BodyDiff left={left} right={right} side="response" decoded={decoded} />
      </section>
    </div>
  );
}

function Flow({ flow, side }: { flow: FlowDetail; side: 'left' | 'right' }) {
  return (
    <p data-side={side} title={flowUrl(flow)}>
      <b>{en.sentence.flow(flow.id)}</b> {flow.method} {flow.host}
      {flow.path} · {flow.status ?? '–'} · {formatSize(flow.responseSize)}
    </p>
  );
}

function StartLines({ left, right }: { left: string; right: string }) {
  if (left === right)
    return (
      <p className={classes.note}>
        <code>{left || text.noResponse}</code> · {text.equal}
      </p>
    );
  return (
    <div className={classes.lines}>
      <div className={classes.line} data-kind="removed">
        <span className={classes.sign}>−</span>
        <code>{left ? <Changed text={left} other={right} /> : text.noResponse}</code>
      </div>
      <div className={classes.line} data-kind="added">
        <span className={classes.sign}>+</span>
        <code>{right ? <Changed text={right} other={left} /> : text.noResponse}</code>
      </div>
    </div>
  );
}

const requestLine = (flow: FlowDetail): string =>
  flow.request ? `${flow.request.method} ${flowUrl(flow)} ${flow.request.httpVersion}` : '';

const statusLine = ({ response }: FlowDetail): string =>
  response ? `${response.httpVersion} ${response.status} ${response.reason}`.trimEnd() : '';
