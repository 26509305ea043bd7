import type { BodyKind } from '../detectBody';
import { readCbor } from './cbor';
import { readMsgpack } from './msgpack';
import { readGrpc, readProtobuf } from './protobuf';
import { PackedError, packedText } from './value';

export type PackedKind = Extract<BodyKind, 'msgpack' | 'cbor' | 'protobuf' | 'grpc'>;

export const isPackedKind = (kind: BodyKind): kind is PackedKind =>
  kind === 'msgpack' || kind === 'cbor' || kind === 'protobuf' || kind === 'grpc';

const readers = {
  msgpack: readMsgpack,
  cbor: readCbor,
  protobuf: (bytes: Uint8Array) => [readProtobuf(bytes)],
  grpc: readGrpc,
} as const;

export type Unpacked = { ok: true; text: string } | { ok: false; at: number; reason: string };

/** A body of a binary format as JSON text; of several values, one after the other. */
export function readPacked(kind: PackedKind, bytes: Uint8Array): Unpacked {
  try {
    return {
      ok: true,
      text: readers[kind](bytes)
        .map((value) => packedText(value))
        .join('\n'),
    };
  } catch (error) {
    if (error instanceof PackedError) return { ok: false, at: error.at, reason: error.message };
    throw error;
  }
}
