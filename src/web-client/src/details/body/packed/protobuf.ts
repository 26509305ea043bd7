import { ByteReader, exact } from './reader';
import { maxDepth, PackedError, PackedMap, type PackedValue } from './value';

/**
 * A message of Protocol Buffers without its schema: the numbers of its fields, and what their values are by their looks. Whether a number has
 * a sign, and what bytes hold, is known to the schema alone.
 */
export function readProtobuf(bytes: Uint8Array): PackedMap {
  return message(new ByteReader(bytes), 0, null);
}

/** The messages in a body of gRPC: each with a byte that says whether it is compressed, and its length. */
export function readGrpc(bytes: Uint8Array): PackedValue[] {
  const reader = new ByteReader(bytes);
  const messages: PackedValue[] = [];
  while (!reader.isAtEnd) {
    const flags = reader.u8();
    const body = reader.take(reader.u32());
    if (flags & 0x80) messages.push(new PackedMap([['trailers', new TextDecoder().decode(body)]]));
    else if (flags & 1) messages.push(new PackedMap([['compressed', body]]));
    else messages.push(readProtobuf(body));
  }
  return messages;
}

function varint(reader: ByteReader): bigint {
  const start = reader.at;
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.u8();
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new PackedError(start, 'a number is longer than ten bytes');
}

function message(reader: ByteReader, depth: number, group: number | null): PackedMap {
  if (depth > maxDepth) throw new PackedError(reader.at, `it is nested more than ${maxDepth} levels deep`);
  const fields = new Map<number, PackedValue[]>();
  // A group ends with its own number, everything else with the bytes.
  while (group !== null || !reader.isAtEnd) {
    const start = reader.at;
    const tag = varint(reader);
    const [number, wire] = [Number(tag >> 3n), Number(tag & 7n)];
    if (wire === 4 && number === group) break;
    if (number === 0 || number > 0x1fffffff) throw new PackedError(start, `${number} is no field’s number`);
    const values = fields.get(number) ?? [];
    values.push(field(reader, number, wire, depth, start));
    fields.set(number, values);
  }
  return new PackedMap(
    [...fields].map(([number, values]) => [String(number), values.length === 1 ? (values[0] as PackedValue) : values]),
  );
}

function field(reader: ByteReader, number: number, wire: number, depth: number, start: number): PackedValue {
  if (wire === 0) {
    const value = varint(reader);
    // Negative numbers take all 64 bits.
    return exact(value >= 2n ** 63n ? BigInt.asIntN(64, value) : value);
  }
  if (wire === 1)
    return fixed(reader.f64(true), () =>
      new DataView(reader.bytes.buffer, reader.bytes.byteOffset + reader.at - 8).getBigUint64(0, true),
    );
  if (wire === 2) return delimited(reader.take(Number(varint(reader))), depth);
  if (wire === 3) return message(reader, depth + 1, number);
  if (wire === 5)
    return fixed(reader.f32(true), () =>
      BigInt(new DataView(reader.bytes.buffer, reader.bytes.byteOffset + reader.at - 4).getUint32(0, true)),
    );
  throw new PackedError(start, `${wire} is no wire type`);
}

/** Eight or four bytes are a number with a point where that looks like one, else an integer. */
function fixed(float: number, integer: () => bigint): PackedValue {
  const size = Math.abs(float);
  return float === 0 || (size > 1e-7 && size < 1e12) ? float : exact(integer());
}

/** Texts hardly ever begin with white space or hold control characters; messages do. */
const isPlain = (text: string): boolean => !/^\s|(?![\t\n\r])\p{Cc}/u.test(text);

/** Bytes with a length: a text where it reads as one, else a message where it is one from end to end. */
function delimited(bytes: Uint8Array, depth: number): PackedValue {
  if (bytes.length === 0) return '';
  const text = new ByteReader(bytes).text(bytes.length);
  if (typeof text === 'string' && isPlain(text)) return text;
  try {
    return message(new ByteReader(bytes), depth + 1, null);
  } catch {
    return text;
  }
}
