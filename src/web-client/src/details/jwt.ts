import { decodeBase64 } from './body/decodeText';

export interface Jwt {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
  /** As it is in the token. It is not checked: that needs the issuer's key. */
  signature: string;
}

function part(text: string | undefined): Record<string, unknown> | null {
  const bytes = decodeBase64(text ?? '');
  if (!bytes) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** The content of a JSON Web Token (RFC 7519) in the compact form; null when it is none. */
export function decodeJwt(token: string): Jwt | null {
  const parts = token.trim().split('.');
  if (parts.length !== 3) return null;
  const [header, payload] = [part(parts[0]), part(parts[1])];
  return header && payload && 'alg' in header ? { header, payload, signature: parts[2] ?? '' } : null;
}

/** The times among a token's claims (RFC 7519, section 4.1), in milliseconds. */
export function jwtTimes(payload: Record<string, unknown>): { claim: 'exp' | 'nbf' | 'iat'; at: number }[] {
  return (['iat', 'nbf', 'exp'] as const).flatMap((claim) => {
    const value = payload[claim];
    return typeof value === 'number' && Math.abs(value) < 8.64e12 ? [{ claim, at: value * 1000 }] : [];
  });
}
