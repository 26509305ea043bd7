export type ColumnKey = 'id' | 'time' | 'method' | 'status' | 'host' | 'path' | 'type' | 'size' | 'duration' | 'client';

export type ColumnWidths = Partial<Record<ColumnKey, number>>;

interface Column {
  key: ColumnKey;
  width: number;
  align: 'start' | 'end';
  /** What the API calls it when a list is sorted by it. */
  sort: string;
}

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
];

export const minColumnWidth = 40;
const maxColumnWidth = 800;
const minPathWidth = 170;
/** What goes first when the list is too narrow for all; the path takes what is left. */
const expendable: readonly ColumnKey[] = ['client', 'time', 'type', 'size', 'id', 'duration'];

export const clampWidth = (width: number): number =>
  Math.round(Math.min(Math.max(width, minColumnWidth), maxColumnWidth));

export const columnWidth = (column: Column, widths: ColumnWidths): number => widths[column.key] ?? column.width;

/** The columns that fit into a list of this width, and the grid template for them. */
export function fitColumns(available: number, widths: ColumnWidths): { visible: readonly Column[]; template: string } {
  let visible = columns;
  const used = () =>
    visible.reduce((sum, column) => sum + (column.key === 'path' ? minPathWidth : columnWidth(column, widths)), 0);
  for (const key of expendable) {
    if (used() <= available) break;
    visible = visible.filter((column) => column.key !== key);
  }
  const template = visible
    .map((column) => (column.key === 'path' ? `minmax(${minPathWidth}px, 1fr)` : `${columnWidth(column, widths)}px`))
    .join(' ');
  return { visible, template };
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
