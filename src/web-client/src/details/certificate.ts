import type { Certificate } from '../api/types';
import { en } from '../strings/en';

/** The common name of a distinguished name, or all of it where there is none. */
export function commonName(distinguishedName: string): string {
  const match = /(?:^|,\s*)CN=(?:"((?:[^"]|"")*)"|([^,]*))/i.exec(distinguishedName);
  return (match?.[1] ?? match?.[2])?.trim() || distinguishedName;
}

/** Whole days until a moment, negative when it is past. */
export const daysUntil = (iso: string, now: number): number => Math.floor((Date.parse(iso) - now) / 86_400_000);

/** Whether a certificate is valid now, and for how long. */
export function validityOf(certificate: Certificate, now: number): { valid: boolean; text: string } {
  if (Date.parse(certificate.notBefore) > now) return { valid: false, text: en.tls.notYet };
  const days = daysUntil(certificate.notAfter, now);
  return days < 0 ? { valid: false, text: en.tls.expired } : { valid: true, text: en.tls.daysLeft(days) };
}
