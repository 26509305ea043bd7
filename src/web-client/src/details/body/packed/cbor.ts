import { ByteReader, exact } from './reader';
import { maxDepth, PackedError, PackedMap, type PackedValue } from './value';

const stop = Symbol('break');

/** The data items in bytes of CBOR (RFC 8949), also several one after the other (RFC 8742). */
export function readCbor(bytes: Uint8Array): PackedValue[] {
  const reader = new ByteReader(bytes);
  const values: PackedValue[] = [];
  while (!reader.isAtEnd) values.push(item(reader, 0));
  return values;
}

function item(reader: ByteReader, depth: number): PackedValue {
  const at = reader.at;
  const value = itemOrStop(reader, depth);
  if (value === stop) throw new PackedError(at, 'a break stands where a value should');
  return value;
}

function itemOrStop(reader: ByteReader, depth: number): PackedValue | typeof stop {
  const start = reader.at;
  if (depth > maxDepth) throw new PackedError(start, `it is nested more than ${maxDepth} levels deep`);
  const first = reader.u8();
  const [major, info] = [first >> 5, first & 0x1f];
  if (major === 7) return simple(reader, info, start);
  if (info >= 28 && info !== 31) throw new PackedError(start, `0x${first.toString(16)} is not well-formed`);
  const isOpen = info === 31;
  const count = isOpen ? 0n : argument(reader, info);
  if (isOpen && (major < 2 || major === 6)) throw new PackedError(start, 'the length of a number cannot be open');
  switch (major) {
    case 0:
      return exact(count);
    case 1:
      return exact(-1n - count);
    case 2:
      return isOpen
        ? joined(chunks(reader, depth).filter((part) => part instanceof Uint8Array))
        : reader.take(Number(count));
    case 3:
      return isOpen
        ? chunks(reader, depth)
            .filter((part) => typeof part === 'string')
            .join('')
        : reader.text(Number(count));
    case 4:
      return isOpen ? chunks(reader, depth) : Array.from(many(Number(count), reader, depth));
    case 5:
      return map(isOpen ? chunks(reader, depth) : Array.from(many(2 * Number(count), reader, depth)), start);
    default:
      return tagged(count, item(reader, depth + 1));
  }
}

function* many(count: number, reader: ByteReader, depth: number): Iterable<PackedValue> {
  for (let i = 0; i < count; i++) yield item(reader, depth + 1);
}

function chunks(reader: ByteReader, depth: number): PackedValue[] {
  const parts: PackedValue[] = [];
  while (true) {
    const part = itemOrStop(reader, depth + 1);
    if (part === stop) return parts;
    parts.push(part);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function map(flat: readonly PackedValue[], at: number): PackedMap {
  if (flat.length % 2 !== 0) throw new PackedError(at, 'a map has a key without a value');
  const entries: [PackedValue, PackedValue][] = [];
  for (let i = 0; i < flat.length; i += 2) entries.push([flat[i] as PackedValue, flat[i + 1] as PackedValue]);
  return new PackedMap(entries);
}

function argument(reader: ByteReader, info: number): bigint {
  if (info < 24) return BigInt(info);
  if (info === 24) return BigInt(reader.u8());
  if (info === 25) return BigInt(reader.u16());
  return info === 26 ? BigInt(reader.u32()) : reader.u64();
}

function simple(reader: ByteReader, info: number, start: number): PackedValue | typeof stop {
  switch (info) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
      return null;
    case 23:
      return new PackedMap([['undefined', null]]);
    case 24:
      return new PackedMap([['simple', reader.u8()]]);
    case 25:
      return half(reader.u16());
    case 26:
      return reader.f32();
    case 27:
      return reader.f64();
    case 31:
      return stop;
    default:
      if (info < 20) return new PackedMap([['simple', info]]);
      throw new PackedError(start, `${info} is no simple value`);
  }
}

/** A number of 16 bits (RFC 8949, appendix D). */
function half(bits: number): number {
  const [sign, exponent, mantissa] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (mantissa + 1024) * 2 ** (exponent - 25);
}

function tagged(tag: bigint, value: PackedValue): PackedValue {
  // Large integers, and the sign that this is CBOR (RFC 8949, section 3.4).
  if ((tag === 2n || tag === 3n) && value instanceof Uint8Array) {
    let number = 0n;
    for (const byte of value) number = (number << 8n) | BigInt(byte);
    return tag === 2n ? exact(number) : exact(-1n - number);
  }
  return tag === 55_799n ? value : new PackedMap([[`tag ${tag}`, value]]);
}
