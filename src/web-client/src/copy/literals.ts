const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** A text that is longer is easier to handle as base64. */
const maxText = 1_000_000;
/** In a literal these would be invisible, or turn the text around. */
const invisible = /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text that bytes are in UTF-8; null when they are not, or are plainly no text. */
export function textOf(bytes: Uint8Array): string | null {
  if (bytes.length > maxText) return null;
  try {
    const text = utf8.decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** A literal of JavaScript, Python, C# and Go alike, which share the escapes of JSON. */
export const literal = (text: string): string =>
  JSON.stringify(text).replace(invisible, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A literal of Go whose characters are bytes. */
export const byteLiteral = (latin1: string): string =>
  JSON.stringify(latin1).replace(/[\u007f-\u00ff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);

export function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}

/** Base64 in lines of 76 characters. */
export const base64Lines = (bytes: Uint8Array): string[] => base64Of(bytes).match(/.{1,76}/g) ?? [];
