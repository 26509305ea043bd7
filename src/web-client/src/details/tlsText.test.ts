import { describe, expect, it } from 'vitest';
import { testTls } from './testTls';
import { alertText, isPostQuantum, keyExchangeText, ocspText, problemText, sessionText, verdictOf } from './tlsText';

it.each([
  ['X25519MLKEM768', true],
  ['X25519Kyber768Draft00', true],
  ['x25519', false],
])('isPostQuantum(%s)', (group, expected) => expect(isPostQuantum(group)).toBe(expected));

describe('keyExchangeText', () => {
  it('names the group', () => expect(keyExchangeText(testTls())).toBe('x25519'));
  it.each([
    [{ keyExchangeGroup: null, resumed: true }, 'from the earlier session'],
    [{ keyExchangeGroup: null, cipherSuite: 'TLS_RSA_WITH_AES_128_GCM_SHA256' }, 'RSA, no forward secrecy'],
    [{ keyExchangeGroup: null }, 'not known'],
    [{ keyExchangeGroup: null, version: '' }, null],
  ])('without one: %o', (change, expected) => expect(keyExchangeText(testTls(change))).toBe(expected));
});

it.each([
  [true, 'resumed'],
  [false, 'new'],
  [null, null],
])('sessionText of %s', (resumed, expected) => expect(sessionText(testTls({ resumed }))).toBe(expected));

describe('ocspText', () => {
  const ocsp = { status: null, producedAt: null, thisUpdate: null, nextUpdate: null };
  it('says that TLS 1.3 hides it, rather than that there is none', () =>
    expect(ocspText(testTls({ ocsp: { ...ocsp, state: 'encrypted' } }))).toMatch(/not visible/));
  it('says nothing when nothing is known', () =>
    expect(ocspText(testTls({ ocsp: { ...ocsp, state: 'unknown' } }))).toBeNull());
  it('tells what the staple says and how long', () =>
    expect(
      ocspText(testTls({ ocsp: { ...ocsp, state: 'stapled', status: 'good', nextUpdate: '2026-11-27T16:48:31Z' } })),
    ).toMatch(/^good, until 2026-11-2\d /));
});

it('alertText names who sent it', () => {
  expect(alertText(testTls(), 'client')).toBeNull();
  expect(alertText(testTls({ clientAlert: 'unknown_ca (48)' }), 'client')).toBe('the client: unknown_ca (48)');
  expect(alertText(testTls({ clientAlert: 'unknown_ca (48)' }), 'server')).toBe('MitmWeb: unknown_ca (48)');
  expect(alertText(testTls({ serverAlert: 'handshake_failure (40)' }), 'server')).toBe(
    'the server: handshake_failure (40)',
  );
});

describe('verdictOf', () => {
  const path = [
    { subject: 'CN=api.example.com', fingerprintSha256: 'A', sent: true, problems: [] },
    { subject: 'C=US, O=Trust, CN=Root X1', fingerprintSha256: 'B', sent: false, problems: [] },
  ];
  it('names the root that is trusted', () => {
    const verdict = verdictOf(testTls({ verification: { result: 'trusted', nameMatches: true, path } }), 'server');
    expect(verdict.tone).toBe('good');
    expect(verdict.text).toContain('“Root X1”');
  });
  it('gives the reason of a rejection as a sentence', () => {
    const verdict = verdictOf(
      testTls({
        version: '',
        certificateError: 'it is self-signed.',
        verification: { result: 'rejected', nameMatches: true, path },
      }),
      'server',
    );
    expect(verdict).toMatchObject({ tone: 'bad', reason: 'It is self-signed.' });
  });
  it('warns when it was accepted all the same', () =>
    expect(verdictOf(testTls({ verification: { result: 'accepted', nameMatches: false, path } }), 'server').tone).toBe(
      'warn',
    ));
  it('does not judge what was not checked', () => expect(verdictOf(testTls(), 'server').tone).toBe('none'));
  it('says of our own certificate whether the client took it', () => {
    expect(verdictOf(testTls(), 'client').reason).toMatch(/accepted/);
    expect(verdictOf(testTls({ version: '' }), 'client')).toMatchObject({ tone: 'bad' });
  });
});

it('problemText has words for the usual ones, and keeps the rest', () => {
  expect(problemText('PartialChain')).toBe('its issuer was not found');
  expect(problemText('CtlNotTimeValid')).toBe('CtlNotTimeValid');
});
