import { describe, expect, it } from 'vitest';
import type { ServerHello } from '../api/types';
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
    const verdict = verdictOf(
      testTls({ verification: { result: 'trusted', rule: 'verify', nameMatches: true, path } }),
      'server',
      false,
    );
    expect(verdict.tone).toBe('good');
    expect(verdict.text).toContain('“Root X1”');
  });
  it('gives the reason of a rejection as a sentence', () => {
    const verdict = verdictOf(
      testTls({
        version: '',
        certificateError: 'it is self-signed.',
        verification: { result: 'rejected', rule: 'verify', nameMatches: true, path },
      }),
      'server',
      false,
    );
    expect(verdict).toMatchObject({ tone: 'bad', reason: 'It is self-signed.' });
  });
  it.each([
    ['insecure', '--ssl-insecure'],
    ['skip', 'HOST=skip'],
  ] as const)('warns when it was accepted all the same, by the rule %s', (rule, words) => {
    const verification = { result: 'accepted', rule, nameMatches: false, path } as const;
    const verdict = verdictOf(testTls({ verification, certificateError: 'it is self-signed.' }), 'server', false);
    expect(verdict).toMatchObject({ tone: 'warn', reason: 'It is self-signed.' });
    expect(verdict.text).toContain(words);
  });
  it.each([
    ['trusted', 'good', 'Pinned: it is'],
    ['rejected', 'bad', 'Not the one that is pinned'],
  ] as const)('says of a pin whether it was the one: %s', (result, tone, words) => {
    const verdict = verdictOf(
      testTls({ verification: { result, rule: 'pin', nameMatches: false, path } }),
      'server',
      false,
    );
    expect(verdict.tone).toBe(tone);
    expect(verdict.text).toContain(words);
  });
  it('does not judge what was not checked', () => expect(verdictOf(testTls(), 'server', false).tone).toBe('none'));
  it('says of our own certificate whether the client took it', () => {
    expect(verdictOf(testTls(), 'client', false).reason).toMatch(/accepted/);
    expect(verdictOf(testTls(), 'client', true)).toMatchObject({
      tone: 'bad',
      reason: expect.stringMatching(/turned away/),
    });
    const early = { version: '', serverHello: {} as ServerHello };
    expect(verdictOf(testTls(early), 'client', true)).toMatchObject({
      tone: 'bad',
      reason: expect.stringMatching(/did not complete/),
    });
    expect(verdictOf(testTls({ version: '' }), 'client', true).reason).toMatch(/did not get to see it/);
  });
});

it('problemText has words for the usual ones, and keeps the rest', () => {
  expect(problemText('PartialChain')).toBe('its issuer was not found');
  expect(problemText('CtlNotTimeValid')).toBe('CtlNotTimeValid');
});
