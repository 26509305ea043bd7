const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8TextOf(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

// Control characters other than tab and newline do not survive a paste into a terminal.
const isPasteable = (text: string): boolean => {
  for (const character of text) {
    const code = character.charCodeAt(0);
    if ((code < 0x20 && code !== 0x09 && code !== 0x0a) || (code >= 0x7f && code < 0xa0)) return false;
  }
  return true;
};

const escapes: Record<number, string> = { 9: '\\t', 10: '\\n', 13: '\\r', 39: "\\'", 92: '\\\\' };

function escapeByte(byte: number): string {
  const known = escapes[byte];
  if (known) return known;
  // "!" would expand history in some shells even here.
  if (byte < 0x20 || byte > 0x7e || byte === 0x21) return `\\x${byte.toString(16).padStart(2, '0')}`;
  return String.fromCharCode(byte);
}

/** Quotes bytes as one word of bash: plain quotes for text, `$'…'` otherwise. Null bytes cannot be in a word. */
export function quoteBytes(bytes: Uint8Array): string {
  const text = utf8TextOf(bytes);
  if (text !== null && isPasteable(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  let quoted = '';
  for (const byte of bytes) quoted += escapeByte(byte);
  return `$'${quoted}'`;
}

/** Quotes text whose characters are bytes (Latin-1, as header values are). */
export const quoteLatin1 = (text: string): string =>
  quoteBytes(Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff));

/** Quotes Unicode text. */
export const quoteText = (text: string): string => quoteBytes(new TextEncoder().encode(text));

/** The format argument of printf that writes exactly these bytes. */
export function quotePrintf(bytes: Uint8Array): string {
  let quoted = '';
  for (const byte of bytes) {
    if (byte === 0x25) quoted += '%%';
    else if (byte === 0x5c) quoted += '\\\\';
    else if (byte === 0x0a) quoted += '\\n';
    // At the beginning a hyphen would be an option.
    else if (byte === 0x27 || (byte === 0x2d && quoted === '') || byte < 0x20 || byte > 0x7e)
      quoted += `\\${byte.toString(8).padStart(3, '0')}`;
    else quoted += String.fromCharCode(byte);
  }
  return `'${quoted}'`;
}
