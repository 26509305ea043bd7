export type DecodedKind = 'jwt' | 'base64' | 'url';

const jwt = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** What a text is an encoding of, if it plainly is one: a whole JSON Web Token, base64 or URL-encoded text. */
export function decodedKind(text: string): DecodedKind | null {
  const trimmed = text.trim();
  if (trimmed.startsWith('eyJ') && jwt.test(trimmed)) return 'jwt';
  const joined = trimmed.replace(/\r?\n/g, '');
  if (joined.length >= 16 && /^([A-Za-z0-9+/]+={0,2}|[\w-]+={0,2})$/.test(joined) && looksMixed(joined))
    return 'base64';
  if (/%[0-9a-f]{2}/i.test(trimmed) && !/\s/.test(trimmed)) return 'url';
  return null;
}

/** A word or a number is in the alphabet of base64 too; real base64 has capitals, small letters and digits or signs. */
const looksMixed = (text: string): boolean =>
  /[A-Z]/.test(text) && /[a-z]/.test(text) && /[0-9+/=_-]/.test(text) && !/^(.)\1+$/.test(text);

/** The bytes of base64, also of the alphabet for URLs and without padding; null when it is none. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const plain = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  try {
    return Uint8Array.from(atob(plain), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Text in which %41 stands for A; what is not an escape stays. */
export function decodeUrl(text: string): string {
  return text.replace(
    /%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}/gi,
    (escapes) => {
      try {
        return decodeURIComponent(escapes);
      } catch {
        return escapes;
      }
    },
  );
}

/** Takes gzip off as far as `most` bytes; a few kilobytes can stand for gigabytes. */
export async function gunzip(
  bytes: Uint8Array,
  most: number,
): Promise<{ bytes: Uint8Array; problem: 'cut' | 'damaged' | null }> {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader();
  const out = new Uint8Array(most);
  let length = 0;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return { bytes: out.subarray(0, length), problem: null };
      const taken = value.subarray(0, most - length);
      out.set(taken, length);
      length += taken.length;
      if (taken.length < value.length) {
        void reader.cancel();
        return { bytes: out.subarray(0, length), problem: 'cut' };
      }
    }
  } catch {
    return { bytes: out.subarray(0, length), problem: 'damaged' };
  }
}
