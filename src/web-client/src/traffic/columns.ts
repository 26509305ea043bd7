export type ColumnKey = 'id' | 'time' | 'method' | 'status' | 'host' | 'path' | 'type' | 'size' | 'duration' | 'client';

export type ColumnWidths = Partial<Record<ColumnKey, number>>;

interface Column {
  key: ColumnKey;
  width: number;
  align: 'start' | 'end';
}

export const columns: readonly Column[] = [
  { key: 'id', width: 62, align: 'end' },
  { key: 'time', width: 98, align: 'start' },
  { key: 'method', width: 82, align: 'start' },
  { key: 'status', width: 64, align: 'start' },
  { key: 'host', width: 176, align: 'start' },
  { key: 'path', width: 0, align: 'start' },
  { key: 'type', width: 96, align: 'start' },
  { key: 'size', width: 78, align: 'end' },
  { key: 'duration', width: 112, align: 'end' },
  { key: 'client', width: 142, align: 'start' },
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
