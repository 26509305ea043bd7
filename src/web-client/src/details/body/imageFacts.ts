export interface ImageFact {
  name: string;
  value: string;
}

/** The tags of Exif (CIPA DC-008) that people ask for, and how to say their values. */
const tags: Record<number, [name: string, say?: (value: number | string) => string]> = {
  271: ['Make'],
  272: ['Model'],
  274: ['Orientation', (value) => orientations[Number(value)] ?? String(value)],
  305: ['Software'],
  306: ['Changed'],
  315: ['Artist'],
  33432: ['Copyright'],
  33434: ['Exposure time', (value) => (Number(value) < 1 ? `1/${Math.round(1 / Number(value))} s` : `${value} s`)],
  33437: ['Aperture', (value) => `f/${Math.round(Number(value) * 10) / 10}`],
  34855: ['ISO'],
  36867: ['Taken'],
  37386: ['Focal length', (value) => `${Math.round(Number(value) * 10) / 10} mm`],
  42036: ['Lens'],
};
const orientations: Record<number, string> = {
  1: 'upright',
  2: 'mirrored',
  3: 'turned by 180°',
  4: 'mirrored, turned by 180°',
  5: 'mirrored, turned by 90°',
  6: 'turned by 90°',
  7: 'mirrored, turned by 270°',
  8: 'turned by 270°',
};
const sizes: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };

const ascii = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 4096)));

/** Where the TIFF data of Exif are in a JPEG, PNG or WebP file; null when there are none. */
function exifBytes(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
      const marker = bytes[at + 1];
      const length = view.getUint16(at + 2);
      if (marker === 0xe1 && ascii(bytes, at + 4, at + 10) === 'Exif\0\0')
        return bytes.subarray(at + 10, at + 2 + length);
      if (marker === 0xda || length < 2) return null;
      at += 2 + length;
    }
    return null;
  }
  const chunks = (start: number, nameAt: number, lengthAt: number, little: boolean, extra: number, wanted: string) => {
    for (let at = start; at + 8 <= bytes.length; ) {
      const length = view.getUint32(at + lengthAt, little);
      if (ascii(bytes, at + nameAt, at + nameAt + 4) === wanted) return bytes.subarray(at + 8, at + 8 + length);
      at += 8 + length + extra + (little ? length % 2 : 0);
    }
    return null;
  };
  if (bytes[0] === 0x89 && ascii(bytes, 1, 4) === 'PNG') return chunks(8, 4, 0, false, 4, 'eXIf');
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return chunks(12, 0, 4, true, 0, 'EXIF');
  return null;
}

/** What a picture says of itself (Exif): the camera, the time, the place. What is damaged is left out. */
export function imageFacts(bytes: Uint8Array): ImageFact[] {
  const facts: ImageFact[] = [];
  try {
    const tiff = exifBytes(bytes);
    if (tiff) readTiff(tiff, facts);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return facts;
}

function readTiff(tiff: Uint8Array, facts: ImageFact[]): void {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = view.getUint16(0) === 0x4949;
  const u16 = (at: number) => view.getUint16(at, little);
  const u32 = (at: number) => view.getUint32(at, little);
  const rational = (at: number) => u32(at) / (u32(at + 4) || 1);

  const entries = (directory: number) => {
    const found = new Map<number, { type: number; count: number; at: number }>();
    const count = Math.min(u16(directory), 500);
    for (let i = 0; i < count; i++) {
      const at = directory + 2 + i * 12;
      const [tag, type, length] = [u16(at), u16(at + 2), u32(at + 4)];
      const size = (sizes[type] ?? 0) * length;
      found.set(tag, { type, count: length, at: size > 4 ? u32(at + 8) : at + 8 });
    }
    return found;
  };
  const value = ({ type, count, at }: { type: number; count: number; at: number }): number | string => {
    if (type === 2)
      return new TextDecoder('latin1')
        .decode(tiff.subarray(at, at + Math.min(count, 1000)))
        .replace(/\0.*$/s, '')
        .trim();
    if (type === 3) return u16(at);
    if (type === 5) return rational(at);
    return u32(at);
  };

  const main = entries(u32(4));
  const pointer = (tag: number) => {
    const entry = main.get(tag);
    return entry ? entries(u32(entry.at)) : new Map<number, { type: number; count: number; at: number }>();
  };
  for (const [tag, entry] of [...main, ...pointer(0x8769)]) {
    const known = tags[tag];
    if (!known) continue;
    const raw = value(entry);
    if (raw !== '') facts.push({ name: known[0], value: known[1] ? known[1](raw) : String(raw) });
  }
  const gps = pointer(0x8825);
  const degrees = (place: number, side: number) => {
    const [entry, reference] = [gps.get(place), gps.get(side)];
    if (!entry || !reference) return null;
    const sum = rational(entry.at) + rational(entry.at + 8) / 60 + rational(entry.at + 16) / 3600;
    return `${sum.toFixed(5)}° ${value(reference)}`;
  };
  const [latitude, longitude] = [degrees(2, 1), degrees(4, 3)];
  if (latitude && longitude) facts.push({ name: 'Place', value: `${latitude}, ${longitude}` });
}
