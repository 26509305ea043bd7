export type ColumnKey =
  | 'id'
  | 'time'
  | 'method'
  | 'status'
  | 'host'
  | 'path'
  | 'type'
  | 'size'
  | 'duration'
  | 'client'
  | 'scheme'
  | 'port'
  | 'requestSize'
  | 'ttfb'
  | 'version'
  | 'server'
  | 'mark'
  | 'comment'
  | 'tags'
  | 'waterfall';

export type ColumnWidths = Partial<Record<ColumnKey, number>>;

export interface Column {
  key: ColumnKey;
  width: number;
  align: 'start' | 'end';
  /** What the API calls it when a list is sorted by it. */
  sort: string;
}

/** All that there are, those first that a list shows before somebody chooses. */
export const columns: readonly Column[] = [
  { key: 'id', width: 62, align: 'end', sort: 'id' },
  { key: 'time', width: 98, align: 'start', sort: 'startedAt' },
  { key: 'method', width: 82, align: 'start', sort: 'method' },
  { key: 'status', width: 64, align: 'start', sort: 'status' },
  { key: 'host', width: 176, align: 'start', sort: 'host' },
  { key: 'path', width: 0, align: 'start', sort: 'path' },
  { key: 'type', width: 96, align: 'start', sort: 'contentType' },
  { key: 'size', width: 78, align: 'end', sort: 'responseSize' },
  { key: 'duration', width: 112, align: 'end', sort: 'durationMs' },
  { key: 'client', width: 142, align: 'start', sort: 'clientAddress' },
  { key: 'scheme', width: 68, align: 'start', sort: 'scheme' },
  { key: 'port', width: 60, align: 'end', sort: 'port' },
  { key: 'requestSize', width: 104, align: 'end', sort: 'requestSize' },
  { key: 'ttfb', width: 84, align: 'end', sort: 'ttfbMs' },
  { key: 'version', width: 84, align: 'start', sort: 'httpVersion' },
  { key: 'server', width: 142, align: 'start', sort: 'serverAddress' },
  { key: 'mark', width: 84, align: 'start', sort: 'marker' },
  { key: 'comment', width: 180, align: 'start', sort: 'comment' },
  { key: 'tags', width: 120, align: 'start', sort: 'tags' },
  { key: 'waterfall', width: 200, align: 'start', sort: 'startedAt' },
];

export const defaultColumns: readonly ColumnKey[] = columns.slice(0, 10).map((column) => column.key);

export const minColumnWidth = 40;
const maxColumnWidth = 800;
const minPathWidth = 170;
/**
 * What goes first when the list is too narrow for all; the path takes what is left. What somebody has added stays: then the list can be scrolled
 * sideways.
 */
const expendable: readonly ColumnKey[] = ['client', 'time', 'type', 'size', 'id', 'duration'];

export const clampWidth = (width: number): number =>
  Math.round(Math.min(Math.max(width, minColumnWidth), maxColumnWidth));

const columnWidth = (column: Column, widths: ColumnWidths): number => widths[column.key] ?? column.width;

/** The columns of a choice in its order. A choice that another version has kept may name columns that are not there; the path always is. */
export function chosenColumns(choice: readonly string[]): readonly Column[] {
  const chosen = [...new Set(choice)].flatMap((key) => columns.find((column) => column.key === key) ?? []);
  return chosen.some((column) => column.key === 'path')
    ? chosen
    : [...chosen, ...columns.filter((column) => column.key === 'path')];
}

/** The choice with a column more, which stands where it would among all of them, or without one. */
export function toggleColumn(choice: readonly string[], key: ColumnKey): ColumnKey[] {
  const keys = chosenColumns(choice).map((column) => column.key);
  if (keys.includes(key)) return keys.filter((other) => other !== key || key === 'path');
  const order = columns.map((column) => column.key);
  const before = order.slice(0, order.indexOf(key)).findLast((other) => keys.includes(other));
  return keys.toSpliced(before === undefined ? 0 : keys.indexOf(before) + 1, 0, key);
}

/** The choice with a column in the place of another; those between move on. */
export function moveColumn(choice: readonly string[], key: ColumnKey, to: ColumnKey): ColumnKey[] {
  const keys = chosenColumns(choice).map((column) => column.key);
  const [from, at] = [keys.indexOf(key), keys.indexOf(to)];
  return from < 0 || at < 0 ? keys : keys.toSpliced(from, 1).toSpliced(at, 0, key);
}

export interface ColumnFit {
  visible: readonly Column[];
  /** How wide each of them is, in pixels. */
  widths: readonly number[];
  /** The grid template for them. */
  template: string;
  /** The least width in which they have room. */
  width: number;
}

/** Of the chosen columns those that fit into a list of this width. */
export function fitColumns(available: number, widths: ColumnWidths, chosen: readonly Column[]): ColumnFit {
  let visible = chosen;
  const used = () =>
    visible.reduce((sum, column) => sum + (column.key === 'path' ? minPathWidth : columnWidth(column, widths)), 0);
  for (const key of expendable) {
    if (used() <= available) break;
    visible = visible.filter((column) => column.key !== key);
  }
  const template = visible
    .map((column) => (column.key === 'path' ? `minmax(${minPathWidth}px, 1fr)` : `${columnWidth(column, widths)}px`))
    .join(' ');
  const width = used();
  const pathWidth = minPathWidth + Math.max(0, available - width);
  return {
    visible,
    widths: visible.map((column) => (column.key === 'path' ? pathWidth : columnWidth(column, widths))),
    template,
    width,
  };
}

export type SortDirection = 'ascending' | 'descending';

/** Which way a column is sorted by an order such as `-status`. */
export function sortOf(column: Column, sort: string): SortDirection | null {
  if (sort === column.sort) return 'ascending';
  return sort === `-${column.sort}` ? 'descending' : null;
}

/** The order after a click on a column: the least first, the greatest first, and the order of arrival again, which is that of the ids. */
export function nextSort(column: Column, sort: string): string {
  const now = sortOf(column, sort);
  if (now === 'descending') return '';
  return now === 'ascending' || column.sort === 'id' ? `-${column.sort}` : column.sort;
}

/** Whether new flows come at the end. */
export const isByArrival = (sort: string): boolean => sort === '' || sort === 'id';
