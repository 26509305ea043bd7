import { expect, it } from 'vitest';
import { imageFacts } from './imageFacts';

/** TIFF data with big-endian numbers: a model, an exposure time, and a place. */
function tiff(): Buffer {
  const out = Buffer.alloc(260);
  out.write('MM\0*', 0, 'latin1');
  out.writeUInt32BE(8, 4);
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    out.writeUInt16BE(tag, at);
    out.writeUInt16BE(type, at + 2);
    out.writeUInt32BE(count, at + 4);
    if (type === 3) out.writeUInt16BE(value, at + 8);
    else out.writeUInt32BE(value, at + 8);
  };
  const rationals = (at: number, ...values: number[]) =>
    values.forEach((value, i) => void out.writeUInt32BE(value, at + i * 4));
  out.writeUInt16BE(4, 8);
  entry(10, 0x0110, 2, 8, 150);
  entry(22, 0x0112, 3, 1, 6);
  entry(34, 0x8769, 4, 1, 70);
  entry(46, 0x8825, 4, 1, 90);
  out.writeUInt16BE(1, 70);
  entry(72, 0x829a, 5, 1, 160);
  out.writeUInt16BE(4, 90);
  entry(92, 1, 2, 2, 0x4e000000);
  entry(104, 2, 5, 3, 170);
  entry(116, 3, 2, 2, 0x45000000);
  entry(128, 4, 5, 3, 200);
  out.write('Camera 1', 150, 'latin1');
  rationals(160, 1, 250);
  rationals(170, 48, 1, 30, 1, 0, 1);
  rationals(200, 11, 1, 15, 1, 36, 1);
  return out;
}

const jpeg = (data: Buffer) => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(data.length + 8);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe1]),
    length,
    Buffer.from('Exif\0\0'),
    data,
    Buffer.from([0xff, 0xda]),
  ]);
};

it('says what a JPEG tells of itself', () => {
  expect(imageFacts(jpeg(tiff()))).toEqual([
    { name: 'Model', value: 'Camera 1' },
    { name: 'Orientation', value: 'turned by 90°' },
    { name: 'Exposure time', value: '1/250 s' },
    { name: 'Place', value: '48.50000° N, 11.26000° E' },
  ]);
});

it('what is cut off or nonsense is left out', () => {
  const whole = jpeg(tiff());
  for (let length = 0; length < whole.length; length++)
    expect(() => imageFacts(whole.subarray(0, length))).not.toThrow();
  const loop = tiff();
  loop.writeUInt32BE(8, 42);
  expect(() => imageFacts(jpeg(loop))).not.toThrow();
});
