import { ByteReader, exact } from './reader';
import { maxDepth, PackedError, PackedMap, type PackedValue } from './value';

/** The values in bytes of MessagePack (github.com/msgpack/msgpack, spec.md); mostly one. */
export function readMsgpack(bytes: Uint8Array): PackedValue[] {
  const reader = new ByteReader(bytes);
  const values: PackedValue[] = [];
  while (!reader.isAtEnd) values.push(value(reader, 0));
  return values;
}

function value(reader: ByteReader, depth: number): PackedValue {
  const start = reader.at;
  if (depth > maxDepth) throw new PackedError(start, `it is nested more than ${maxDepth} levels deep`);
  const list = (count: number): PackedValue => {
    const items: PackedValue[] = [];
    for (let i = 0; i < count; i++) items.push(value(reader, depth + 1));
    return items;
  };
  const map = (count: number): PackedValue => {
    const entries: [PackedValue, PackedValue][] = [];
    for (let i = 0; i < count; i++) entries.push([value(reader, depth + 1), value(reader, depth + 1)]);
    return new PackedMap(entries);
  };
  const type = reader.u8();
  if (type <= 0x7f) return type;
  if (type <= 0x8f) return map(type & 0x0f);
  if (type <= 0x9f) return list(type & 0x0f);
  if (type <= 0xbf) return reader.text(type & 0x1f);
  if (type >= 0xe0) return type - 0x100;
  switch (type) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xc4:
      return reader.take(reader.u8());
    case 0xc5:
      return reader.take(reader.u16());
    case 0xc6:
      return reader.take(reader.u32());
    case 0xc7:
      return extension(reader, reader.u8());
    case 0xc8:
      return extension(reader, reader.u16());
    case 0xc9:
      return extension(reader, reader.u32());
    case 0xca:
      return reader.f32();
    case 0xcb:
      return reader.f64();
    case 0xcc:
      return reader.u8();
    case 0xcd:
      return reader.u16();
    case 0xce:
      return reader.u32();
    case 0xcf:
      return exact(reader.u64());
    case 0xd0:
      return reader.i8();
    case 0xd1:
      return reader.i16();
    case 0xd2:
      return reader.i32();
    case 0xd3:
      return exact(reader.i64());
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return extension(reader, 1 << (type - 0xd4));
    case 0xd9:
      return reader.text(reader.u8());
    case 0xda:
      return reader.text(reader.u16());
    case 0xdb:
      return reader.text(reader.u32());
    case 0xdc:
      return list(reader.u16());
    case 0xdd:
      return list(reader.u32());
    case 0xde:
      return map(reader.u16());
    case 0xdf:
      return map(reader.u32());
    default:
      throw new PackedError(start, `0x${type.toString(16)} is no type`);
  }
}

/** An extension; type -1 is a time, in three lengths. */
function extension(reader: ByteReader, length: number): PackedValue {
  const type = reader.i8();
  const bytes = reader.take(length);
  const time = new ByteReader(bytes);
  if (type === -1 && length === 4) return iso(BigInt(time.u32()), 0);
  if (type === -1 && length === 8) {
    const both = time.u64();
    return iso(both & 0x3ffffffffn, Number(both >> 34n));
  }
  if (type === -1 && length === 12) {
    const nanoseconds = time.u32();
    return iso(time.i64(), nanoseconds);
  }
  return new PackedMap([[`extension ${type}`, bytes]]);
}

function iso(seconds: bigint, nanoseconds: number): string {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds} s`;
  const fraction = nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`;
  return date.toISOString().replace('.000Z', `${fraction}Z`);
}
