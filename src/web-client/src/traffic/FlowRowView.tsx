import {
  IconAlertTriangleFilled,
  IconArrowsRightLeft,
  IconBolt,
  IconLock,
  IconLockOpen,
  IconMessage2,
  IconPencil,
  IconPinFilled,
  IconPlugConnected,
} from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import type { FlowRow } from '../api/types';
import { hasDefaultPort } from '../copy/sentRequest';
import { formatCount, formatDuration, formatSize, formatTime, formatVersions } from '../format/format';
import { isMarkColor, markSign } from '../notes/marks';
import { en } from '../strings/en';
import { categoryOf, durationShare, methodClass, shortType, statusClass } from './category';
import { mayOverflow } from './cellRoom';
import type { Column, ColumnKey } from './columns';
import classes from './FlowList.module.css';
import { elapsedMs, rowSentence } from './rowText';

interface Props {
  index: number;
  /** Where it stands, in pixels of what it stands on. */
  top: number;
  row: FlowRow | undefined;
  selected: boolean;
  visible: readonly Column[];
  /** How wide those columns are, in pixels. */
  widths: readonly number[];
  /** Whether it is one of several that are chosen. */
  chosen: boolean;
  /** The colour of a highlight. */
  color: string | undefined;
  /** Only for rows that are going on; 0 otherwise, so that finished rows are not drawn again. */
  now: number;
}

export const rowElementId = (id: number): string => `flow-row-${id}`;

export const FlowRowView = memo(function FlowRowView({
  index,
  top,
  row,
  selected,
  chosen,
  color,
  visible,
  widths,
  now,
}: Props) {
  if (!row) {
    return (
      <div
        className={classes.row}
        style={{ top }}
        role="row"
        aria-rowindex={index + 2}
        aria-busy="true"
        data-odd={index % 2 === 1}
      >
        <span className={classes.cell} role="gridcell">
          <span className={classes.skeleton} />
        </span>
      </div>
    );
  }
  return (
    <div
      id={rowElementId(row.id)}
      className={classes.row}
      style={{ top }}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected || chosen}
      data-chosen={chosen}
      data-color={isMarkColor(row.marker) ? row.marker : color}
      aria-label={rowSentence(row)}
      data-testid="flow-row"
      data-flow-id={row.id}
      data-index={index}
      data-state={row.state}
      data-kind={row.kind}
      data-category={categoryOf(row)}
      data-odd={index % 2 === 1}
    >
      {visible.map((column, i) => (
        <span
          key={column.key}
          className={classes.cell}
          role="gridcell"
          data-column={column.key}
          data-cut={mayOverflow(column.key, row, widths[i] ?? 0) || undefined}
        >
          {cell(column.key, row, now, visible)}
        </span>
      ))}
    </div>
  );
});

function cell(key: ColumnKey, row: FlowRow, now: number, visible: readonly Column[]): ReactNode {
  switch (key) {
    case 'id':
      return formatCount(row.id);
    case 'time':
      return formatTime(row.startedAt);
    case 'method':
      return methodCell(row);
    case 'status':
      return statusCell(row);
    case 'host':
      return hostCell(row);
    case 'path':
      return pathCell(row, visible);
    case 'type':
      return <span title={row.contentType ?? undefined}>{typeText(row)}</span>;
    case 'size':
      return row.responseSize > 0 || row.state === 'streaming' ? formatSize(row.responseSize) : '';
    case 'duration':
      return durationCell(row, now);
    case 'client':
      return row.clientAddress;
    case 'scheme':
      return row.scheme;
    case 'port':
      return row.port;
    case 'requestSize':
      return row.requestSize > 0 ? formatSize(row.requestSize) : '';
    case 'ttfb':
      return row.ttfbMs !== null && formatDuration(row.ttfbMs);
    case 'version':
      return formatVersions(row.httpVersion, row.serverHttpVersion);
    case 'server':
      return row.serverAddress;
    case 'waterfall':
      return <span className={classes.waterfallText} title={waterfallText(row)} />;
    case 'mark':
      return markCell(row);
    case 'comment':
      return <span title={row.comment ?? undefined}>{row.comment}</span>;
    case 'tags':
      return (
        <span className={classes.tags} title={row.tags.join(', ')}>
          <Tags tags={row.tags} />
        </span>
      );
  }
}

/** What the bar says; relative to what is on screen it is only drawn, so that rows need not be drawn again for it. */
function waterfallText({ startedAt, ttfbMs, durationMs }: FlowRow): string {
  const receiving = durationMs !== null && ttfbMs !== null ? formatDuration(durationMs - ttfbMs) : null;
  return en.list.waterfall(formatTime(startedAt), ttfbMs === null ? null : formatDuration(ttfbMs), receiving);
}

function markCell({ marker }: FlowRow): ReactNode {
  if (marker === null) return null;
  if (!isMarkColor(marker)) return <span title={en.notes.marked(marker)}>{markSign(marker)}</span>;
  return (
    <>
      <span className={classes.mark} data-color={marker} aria-hidden="true" />
      {en.notes.colors[marker]}
    </>
  );
}

/** The port where it is not the usual one, and a mark for what anybody on the way could read. */
function hostCell(row: FlowRow): ReactNode {
  const isPlain = row.scheme === 'http' || row.scheme === 'ws';
  const port = row.kind === 'tcp' || row.kind === 'passedThrough' || hasDefaultPort(row) ? '' : `:${row.port}`;
  return (
    <span title={`${row.scheme}://${row.host}${port}${isPlain ? ` · ${en.list.plain}` : ''}`}>
      {row.host}
      <span className={classes.dim}>{port}</span>
      {isPlain && <IconLockOpen size={12} className={classes.plain} aria-hidden="true" />}
    </span>
  );
}

function methodCell(row: FlowRow): ReactNode {
  if (row.kind === 'tcp') return <b data-method="other">{en.list.tcp}</b>;
  if (row.kind === 'tls') return <b data-method="other">{en.list.tls}</b>;
  if (row.kind === 'passedThrough') return <b data-method="other">{en.list.passedThrough}</b>;
  return row.method && <b data-method={methodClass(row.method)}>{row.method}</b>;
}

function statusCell(row: FlowRow): ReactNode {
  if (row.state === 'error') {
    return (
      <span className={classes.errorGlyph} title={row.error ?? undefined}>
        <IconAlertTriangleFilled size={14} aria-label={en.list.errorLabel} />
        {row.status}
      </span>
    );
  }
  if (row.state === 'pending') return <span className={classes.spinner} title={en.list.pending} />;
  if (row.kind === 'tcp') return <IconPlugConnected size={14} className={classes.dim} />;
  if (row.kind === 'passedThrough') return <IconArrowsRightLeft size={14} className={classes.dim} />;
  if (row.kind === 'tls') return <IconLock size={14} className={classes.dim} />;
  if (row.status === null) return null;
  return (
    <span className={classes.pill} data-status={statusClass(row.status)} title={row.reason ?? undefined}>
      {row.status}
    </span>
  );
}

function pathCell(row: FlowRow, visible: readonly Column[]): ReactNode {
  const noted = <Noted row={row} visible={visible} />;
  if (row.kind === 'tls')
    return (
      <span>
        {noted}
        <span className={classes.reason}>{row.error ?? en.list.tlsFailed}</span>
      </span>
    );
  if (row.kind === 'tcp')
    return (
      <span className={classes.dim}>
        {noted}:{row.port}
      </span>
    );
  if (row.kind === 'passedThrough')
    return (
      <span className={classes.dim}>
        {noted}
        {`:${row.port} ${row.error ?? en.list.passedNote}`}
      </span>
    );
  const query = row.path?.indexOf('?') ?? -1;
  const path = row.path ?? '';
  return (
    <span title={path}>
      {row.modifiedBy && (
        <span className={classes.modified} title={en.modified.mark(row.modifiedBy)}>
          <IconPencil size={12} aria-label={en.modified.mark(row.modifiedBy)} />
        </span>
      )}
      {noted}
      {query < 0 ? path : path.slice(0, query)}
      {query >= 0 && <span className={classes.dim}>{path.slice(query)}</span>}
      {row.state === 'error' && row.error && <span className={classes.reason}> {row.error}</span>}
    </span>
  );
}

/** What people noted and no column of its own shows, before the path: a pin, a mark that is no colour, a comment, the tags. */
function Noted({ row, visible }: { row: FlowRow; visible: readonly Column[] }) {
  const hasColumn = (key: ColumnKey) => visible.some((column) => column.key === key);
  const marker = row.marker === null || isMarkColor(row.marker) || hasColumn('mark') ? null : row.marker;
  const comment = hasColumn('comment') ? null : row.comment;
  const tags = hasColumn('tags') ? [] : row.tags;
  if (!row.pinned && marker === null && comment === null && tags.length === 0) return null;
  return (
    <span className={classes.noted}>
      {row.pinned && <IconPinFilled size={12} aria-label={en.notes.pinned} />}
      {marker !== null && <span title={en.notes.marked(marker)}>{markSign(marker)}</span>}
      {comment !== null && (
        <span title={comment}>
          <IconMessage2 size={12} aria-label={en.notes.comment} />
        </span>
      )}
      <Tags tags={tags} />
    </span>
  );
}

const Tags = ({ tags }: { tags: readonly string[] }) =>
  tags.map((tag) => (
    <span key={tag} className={classes.tag}>
      {tag}
    </span>
  ));

function typeText(row: FlowRow): ReactNode {
  if (row.kind === 'websocket') {
    return (
      <span className={classes.socket}>
        <IconBolt size={12} aria-hidden="true" />
        websocket
      </span>
    );
  }
  return shortType(row.contentType);
}

function durationCell(row: FlowRow, now: number): ReactNode {
  if (row.state === 'pending' || row.state === 'streaming') {
    return <span className={classes.running}>{formatDuration(Math.floor(elapsedMs(row, now) / 100) * 100)}</span>;
  }
  if (row.durationMs === null) return null;
  return (
    <>
      <span className={classes.barTrack}>
        <span className={classes.bar} style={{ width: `${durationShare(row.durationMs) * 100}%` }} />
      </span>
      <span className={classes.durationText}>{formatDuration(row.durationMs)}</span>
    </>
  );
}
