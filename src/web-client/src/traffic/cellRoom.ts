import type { FlowRow } from '../api/types';
import { hasDefaultPort } from '../copy/sentRequest';
import { formatCount } from '../format/format';
import { shortType } from './category';
import type { ColumnKey } from './columns';

/** What a cell has at its left and right, in pixels. */
const padding = 16;
/** An icon behind a text. */
const icon = 17;
const fontSize = 13;
/** What stands between the thousands. */
const narrowSpace = 0x202f;
/** At least as wide as in the widest of the usual fonts, in parts of the font's size. */
const widths: readonly [characters: RegExp, width: number][] = [
  [/[fijlrt.,:;'|!/()[\] -]/, 0.42],
  [/[a-ln-vx-z0-9_?*"$]/, 0.64],
  [/[A-LN-VX-Z&=+~#<>^`{}\\]/, 0.84],
];
const ascii = Array.from({ length: 128 }, (_, code) => {
  const known = widths.find(([characters]) => characters.test(String.fromCharCode(code)));
  return (known?.[1] ?? 1) * fontSize;
});

/** How wide a text is at most, in pixels. */
export function widthAtMost(text: string): number {
  let width = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    width += code === narrowSpace ? fontSize * 0.42 : (ascii[code] ?? fontSize);
  }
  return width;
}

/** How wide a column is in which all ids up to one have room, in pixels. It changes with their digits alone. */
export const idWidth = (lastId: number): number =>
  Math.max(62, Math.ceil(widthAtMost(formatCount(10 ** String(lastId).length - 1)) + padding));

/**
 * Whether a cell may need an ellipsis. Each cell that cuts off what is too long has the browser keep a clip for it, of which a list has some
 * hundred: they are most of what painting it costs. Most texts surely have room.
 */
export function mayOverflow(key: ColumnKey, row: FlowRow, width: number): boolean {
  const room = width - padding;
  switch (key) {
    case 'id':
      return widthAtMost(formatCount(row.id)) > room;
    case 'time':
      return room < 80;
    case 'method':
      return widthAtMost(row.method ?? '') > room || room < 60;
    case 'status':
      return room < 44;
    case 'size':
    case 'requestSize':
    case 'ttfb':
      return room < 60;
    case 'duration':
      return room < 70;
    case 'host':
      return widthAtMost(row.host) + (hasDefaultPort(row) ? 0 : widthAtMost(`:${row.port}`)) + icon > room;
    case 'path':
      // What stands before or behind it is not counted up.
      return row.kind !== 'http' || row.error !== null || isNoted(row) || widthAtMost(row.path ?? '') > room;
    case 'type':
      return row.kind !== 'http' || widthAtMost(shortType(row.contentType)) > room;
    case 'scheme':
      return widthAtMost(row.scheme) > room;
    case 'port':
      return widthAtMost(String(row.port)) > room;
    case 'client':
      return widthAtMost(row.clientAddress) > room;
    case 'server':
      return widthAtMost(row.serverAddress ?? '') > room;
    case 'waterfall':
      return false;
    default:
      return true;
  }
}

const isNoted = (row: FlowRow): boolean =>
  Boolean(row.modifiedBy) || row.pinned || row.marker !== null || row.comment !== null || row.tags.length > 0;
