import { PackedError } from './value';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads numbers and texts from bytes, one after the other, never beyond their end. */
export class ByteReader {
  at = 0;
  private readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  private advance(length: number): number {
    const at = this.at;
    if (length > this.bytes.length - at)
      throw new PackedError(at, `it ends ${length - (this.bytes.length - at)} bytes too early`);
    this.at += length;
    return at;
  }

  u8 = (): number => this.view.getUint8(this.advance(1));
  u16 = (): number => this.view.getUint16(this.advance(2));
  u32 = (littleEndian = false): number => this.view.getUint32(this.advance(4), littleEndian);
  u64 = (littleEndian = false): bigint => this.view.getBigUint64(this.advance(8), littleEndian);
  i8 = (): number => this.view.getInt8(this.advance(1));
  i16 = (): number => this.view.getInt16(this.advance(2));
  i32 = (): number => this.view.getInt32(this.advance(4));
  i64 = (): bigint => this.view.getBigInt64(this.advance(8));
  f32 = (littleEndian = false): number => this.view.getFloat32(this.advance(4), littleEndian);
  f64 = (littleEndian = false): number => this.view.getFloat64(this.advance(8), littleEndian);

  take(length: number): Uint8Array {
    const at = this.advance(length);
    return this.bytes.subarray(at, at + length);
  }

  text(length: number): string | Uint8Array {
    const bytes = this.take(length);
    try {
      return utf8.decode(bytes);
    } catch {
      return bytes;
    }
  }
}

/** An integer as a number where that is exact. */
export const exact = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
