import { describe, expect, it } from 'vitest';
import { detectBody } from '../detectBody';
import { readPacked } from './readPacked';

const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const compact = (kind: Parameters<typeof readPacked>[0], bytes: string) => {
  const result = readPacked(kind, hex(bytes));
  return result.ok ? result.text.replace(/\n */g, '') : `${result.at}: ${result.reason}`;
};

describe('MessagePack', () => {
  it.each([
    ['82a7636f6d70616374c3a6736368656d6100', '{"compact": true,"schema": 0}'],
    ['93c0ff7f', '[null,-1,127]'],
    ['cb3ff8000000000000', '1.5'],
    ['cfffffffffffffffff', '18446744073709551615'],
    ['d3ffffffffffffff00', '-256'],
    ['c403010203', '"0x010203"'],
    ['81010a', '{"1": 10}'],
    ['d6ff00000000', '"1970-01-01T00:00:00Z"'],
    ['d40501', '{"extension 5": "0x01"}'],
    ['da0003e282ac', '"€"'],
    ['a2c3', '1: it ends 1 bytes too early'],
    ['c1', '0: 0xc1 is no type'],
  ])('%s', (bytes, text) => expect(compact('msgpack', bytes)).toBe(text));
});

describe('CBOR, by the examples of RFC 8949, appendix A', () => {
  it.each([
    ['1903e8', '1000'],
    ['1bffffffffffffffff', '18446744073709551615'],
    ['3bffffffffffffffff', '-18446744073709551616'],
    ['c249010000000000000000', '18446744073709551616'],
    ['f93c00', '1'],
    ['f90001', '5.960464477539063e-8'],
    ['f97c00', '"Infinity"'],
    ['fb3ff199999999999a', '1.1'],
    ['c074323031332d30332d32315432303a30343a30305a', '{"tag 0": "2013-03-21T20:04:00Z"}'],
    ['826161a161626163', '["a",{"b": "c"}]'],
    ['bf61610161629f0203ffff', '{"a": 1,"b": [2,3]}'],
    ['5f42010243030405ff', '"0x0102030405"'],
    ['7f657374726561646d696e67ff', '"streaming"'],
    ['0102', '12'],
    ['ff', '0: a break stands where a value should'],
    ['1c', '0: 0x1c is not well-formed'],
    ['62', '1: it ends 2 bytes too early'],
  ])('%s', (bytes, text) => expect(compact('cbor', bytes)).toBe(text));

  it('what is nested without end is given up on', () => {
    expect(compact('cbor', '81'.repeat(1000))).toMatch(/nested more than 100 levels/);
  });
});

describe('Protocol Buffers without a schema', () => {
  it.each([
    ['089601', '{"1": 150}'],
    ['120774657374696e67', '{"2": "testing"}'],
    ['1a03089601', '{"3": {"1": 150}}'],
    ['08010802', '{"1": [1,2]}'],
    ['08ffffffffffffffffff01', '{"1": -1}'],
    ['0d0000c03f', '{"1": 1.5}'],
    ['09000000000000f83f', '{"1": 1.5}'],
    ['1202ff00', '{"2": "0xff00"}'],
    ['0b080114', null],
    ['0b08010c', '{"1": {"1": 1}}'],
    ['00', '0: 0 is no field’s number'],
    ['0f', '0: 7 is no wire type'],
  ])('%s', (bytes, text) => {
    if (text === null) expect(compact('protobuf', bytes)).toMatch(/^\d+: /);
    else expect(compact('protobuf', bytes)).toBe(text);
  });

  it('gRPC: messages with their lengths', () => {
    expect(compact('grpc', '0000000003089601000000000208020100000001aa')).toBe(
      '{"1": 150}{"1": 2}{"compressed": "0xaa"}',
    );
  });
});

it('whatever bytes there are, they are read or refused with a place', () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed >> 8;
  };
  for (let round = 0; round < 4000; round++) {
    const bytes = Uint8Array.from({ length: random() % 40 }, random);
    for (const kind of ['msgpack', 'cbor', 'protobuf', 'grpc'] as const) {
      const result = readPacked(kind, bytes);
      if (!result.ok) expect(result.at).toBeLessThanOrEqual(bytes.length);
    }
  }
});

it('the content type says which it is', () => {
  const kinds = [
    'application/x-msgpack',
    'application/senml+cbor',
    'application/x-protobuf',
    'application/grpc+proto',
  ].map((type) => detectBody(type, Uint8Array.of(0x80, 0, 1)).kind);
  expect(kinds).toEqual(['msgpack', 'cbor', 'protobuf', 'grpc']);
});
