/** A text with its white space put so that it can be read, or why that was not done, in a sentence. */
export type Formatted = { ok: true; text: string } | { ok: false; reason: string };
