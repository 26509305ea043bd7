/** What binary formats hold: JSON's values, and bytes, large integers and maps with any keys. */
export type PackedValue = null | boolean | number | bigint | string | Uint8Array | readonly PackedValue[] | PackedMap;

/** A map in the order in which it was written; keys may be anything and may come twice. */
export class PackedMap {
  constructor(readonly entries: readonly (readonly [key: PackedValue, value: PackedValue])[]) {}
}

/** Bytes that are not of the format, and where. */
export class PackedError extends Error {
  constructor(
    readonly at: number,
    reason: string,
  ) {
    super(reason);
  }
}

export const maxDepth = 100;

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const keyOf = (key: PackedValue): string => (typeof key === 'string' ? key : packedText(key).replace(/\s*\n\s*/g, ' '));

/** A value as JSON text, set out in lines. Bytes are texts of hexadecimal digits; integers stay exact. */
export function packedText(value: PackedValue, level = 0): string {
  const pad = '  '.repeat(level + 1);
  const wrap = (open: string, lines: readonly string[], close: string) =>
    lines.length === 0 ? open + close : `${open}\n${lines.join(',\n')}\n${'  '.repeat(level)}${close}`;
  if (value instanceof Uint8Array) return `"0x${hex(value)}"`;
  if (value instanceof PackedMap)
    return wrap(
      '{',
      value.entries.map(([key, one]) => `${pad}${JSON.stringify(keyOf(key))}: ${packedText(one, level + 1)}`),
      '}',
    );
  if (Array.isArray(value))
    return wrap(
      '[',
      value.map((one) => pad + packedText(one, level + 1)),
      ']',
    );
  if (typeof value === 'bigint') return value.toString();
  // NaN and the infinities are no numbers of JSON.
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}
