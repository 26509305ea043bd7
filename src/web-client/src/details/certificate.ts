/** The common name of a distinguished name, or all of it where there is none. */
export function commonName(distinguishedName: string): string {
  const match = /(?:^|,\s*)CN=(?:"((?:[^"]|"")*)"|([^,]*))/i.exec(distinguishedName);
  return (match?.[1] ?? match?.[2])?.trim() || distinguishedName;
}

/** Whole days until a moment, negative when it is past. */
export const daysUntil = (iso: string, now: number): number => Math.floor((Date.parse(iso) - now) / 86_400_000);
