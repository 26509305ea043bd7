import { VisuallyHidden } from '@mantine/core';
import type { FlowDetail } from '../api/types';
import { formatDateTime, formatDuration, formatTime } from '../format/format';
import { en } from '../strings/en';
import classes from './TimingTab.module.css';
import { timelineEnd, timelineMarks, timingPhases, visible } from './timingPhases';
import { WireSizes } from './WireSizes';

export function TimingTab({ flow }: { flow: FlowDetail }) {
  const { timings } = flow;
  const phases = timings ? timingPhases(timings) : [];
  if (!timings || phases.length === 0) {
    return <p className={classes.note}>{flow.state === 'pending' ? en.timing.running : en.timing.none}</p>;
  }
  const end = timelineEnd(timings, phases);
  const percent = (ms: number) => `${Math.min(100, (ms / end) * 100)}%`;
  return (
    <div className={classes.timing}>
      <p className={classes.started}>
        {en.timing.started} {formatDateTime(flow.startedAt).slice(0, 10)} {formatTime(flow.startedAt)}
      </p>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{en.timing.phaseHead}</th>
            <th scope="col" className={classes.axis}>
              <VisuallyHidden>{en.timing.timeline}</VisuallyHidden>
              <span className={classes.marks} aria-hidden="true">
                {timelineMarks(end).map((mark) => (
                  <span key={mark} style={{ left: percent(mark) }}>
                    {mark === 0 ? '0' : formatDuration(mark)}
                  </span>
                ))}
              </span>
            </th>
            <th scope="col">{en.timing.startHead}</th>
            <th scope="col">{en.timing.durationHead}</th>
          </tr>
        </thead>
        <tbody>
          {phases.map((phase) => (
            <tr key={phase.name}>
              <th scope="row">{en.timing.phase[phase.name]}</th>
              <td className={classes.axis}>
                <span
                  className={classes.bar}
                  data-phase={phase.name}
                  style={{
                    left: percent(visible(phase).start),
                    width: `max(2px, ${percent(visible(phase).duration)})`,
                  }}
                />
              </td>
              <td>{formatStart(phase.start)}</td>
              <td>{formatDuration(phase.duration)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{en.timing.total}</th>
            <td />
            <td />
            <td>{timings.totalMs === null ? en.timing.running : formatDuration(timings.totalMs)}</td>
          </tr>
        </tfoot>
      </table>
      <WireSizes flow={flow} />
      {phases.some((phase) => phase.start < 0) && <p className={classes.reuse}>{en.timing.ahead}</p>}
      {flow.serverConnection?.reused && <p className={classes.reuse}>{en.timing.reused}</p>}
    </div>
  );
}

function formatStart(ms: number): string {
  if (Math.abs(ms) < 0.005) return '0';
  return ms < 0 ? `−${formatDuration(-ms)}` : formatDuration(ms);
}
