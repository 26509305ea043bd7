import type { ConnectionSide, Tls, Verification } from '../api/types';
import { formatDateTime } from '../format/format';
import { en } from '../strings/en';
import { commonName } from './certificate';

/** Whether a key exchange withstands a quantum computer: those that do have ML-KEM (once Kyber) in them. */
export const isPostQuantum = (group: string): boolean => /MLKEM|Kyber/i.test(group);

/** The key exchange in words; null when the handshake did not come that far. */
export function keyExchangeText(tls: Tls): string | null {
  if (tls.keyExchangeGroup) return tls.keyExchangeGroup;
  if (!tls.version) return null;
  if (tls.resumed) return en.tls.groupOfEarlier;
  return tls.cipherSuite.startsWith('TLS_RSA_') ? en.tls.rsaKeyExchange : en.tls.unknownNow;
}

export function sessionText(tls: Tls): string | null {
  if (tls.resumed === null) return null;
  return tls.resumed ? en.tls.resumedSession : en.tls.newSession;
}

/** Whether a revocation proof was stapled, in words; null when nothing can be said. */
export function ocspText(tls: Tls): string | null {
  const { state, status, nextUpdate } = tls.ocsp;
  if (state === 'unknown') return null;
  if (state !== 'stapled') return en.tls.ocspState[state];
  const text = en.tls.ocspState.stapled(status ?? en.tls.unknownNow);
  return nextUpdate ? `${text}, ${en.tls.ocspState.validUntil(formatDateTime(nextUpdate))}` : text;
}

/** The alerts with who sent them: on the client's connection MitmWeb is the server, on the server's it is the client. */
export function alertText(tls: Tls, side: ConnectionSide): string | null {
  const sender = en.tls.alertSender;
  const alerts = [
    tls.clientAlert && en.tls.alertFrom(side === 'client' ? sender.client : sender.proxy, tls.clientAlert),
    tls.serverAlert && en.tls.alertFrom(side === 'server' ? sender.server : sender.proxy, tls.serverAlert),
  ].filter((text) => text);
  return alerts.length > 0 ? alerts.join(', ') : null;
}

export type Verdict = { tone: 'good' | 'bad' | 'warn' | 'none'; text: string; reason: string | null };

/**
 * What checking the certificate came to, in a sentence, and why.
 * @param refused whether the client turned away from it; with TLS 1.3 that may come after a handshake that was completed.
 */
export function verdictOf(tls: Tls, side: ConnectionSide, refused: boolean): Verdict {
  if (side === 'client') return ownVerdict(tls, refused);
  const checked = tls.verification;
  if (!checked) return { tone: 'none', text: en.tls.verdict.unchecked, reason: tls.certificateError };
  const words = checked.rule === 'pin' ? en.tls.verdict.pinned : en.tls.verdict;
  const problem = sentence(tls.certificateError);
  if (checked.result === 'rejected') return { tone: 'bad', text: words.rejected, reason: problem };
  if (checked.rule === 'pin') return { tone: 'good', text: en.tls.verdict.pinned.trusted, reason: null };
  if (checked.result === 'accepted') {
    return { tone: 'warn', text: en.tls.verdict.accepted[checked.rule], reason: problem };
  }
  const root = checked.path.at(-1);
  const text = root ? en.tls.verdict.trusted(commonName(root.subject)) : en.tls.verdict.trustedAlone;
  return { tone: 'good', text, reason: checked.nameMatches ? en.tls.nameMatches : en.tls.nameDiffers };
}

/** What became of the certificate that MitmWeb showed to the client. */
function ownVerdict(tls: Tls, refused: boolean): Verdict {
  const { ours, oursAccepted, oursRefused, oursRefusedLate, oursNotSeen } = en.tls.verdict;
  if (!refused)
    return {
      tone: tls.version === '' ? 'bad' : 'none',
      text: ours,
      reason: tls.version === '' ? oursRefused : oursAccepted,
    };
  if (tls.version !== '') return { tone: 'bad', text: ours, reason: oursRefusedLate };
  // Without an answer of ours there was no certificate to judge.
  return tls.serverHello === null
    ? { tone: 'none', text: ours, reason: oursNotSeen }
    : { tone: 'bad', text: ours, reason: oursRefused };
}

/** A problem of a certificate in words; .NET's own name for those that are rare. */
export const problemText = (problem: Verification['path'][number]['problems'][number]): string =>
  en.tls.problem[problem] ?? problem;

const sentence = (text: string | null): string | null => text && text.charAt(0).toUpperCase() + text.slice(1);
