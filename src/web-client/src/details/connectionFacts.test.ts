import { expect, it } from 'vitest';
import type { Certificate, Tls } from '../api/types';
import { connectionFacts } from './connectionFacts';
import { testConnections, testTls } from './testTls';

const facts = (client: Tls | null, server: Tls | null | undefined) =>
  new Map(connectionFacts(testConnections(client, server)).map((row) => [row.id, row]));

it('puts both sides next to each other and marks what differs', () => {
  const rows = facts(
    testTls({ keyExchangeGroup: 'X25519MLKEM768' }),
    testTls({ version: 'TLS 1.2', cipherSuite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', resumed: true }),
  );

  expect(rows.get('version')).toMatchObject({
    client: { text: 'TLS 1.3' },
    server: { text: 'TLS 1.2' },
    differs: true,
  });
  expect(rows.get('group')?.client).toMatchObject({ text: 'X25519MLKEM768', note: 'post-quantum' });
  expect(rows.get('session')).toMatchObject({ client: { text: 'new' }, server: { text: 'resumed' }, differs: false });
  expect(rows.get('alpn')?.differs).toBe(false);
  expect(rows.get('handshake')?.client?.text).toBe('13 ms');
});

it('a failed handshake says so, and differs from nothing', () => {
  const rows = facts(testTls({ version: '', cipherSuite: '', clientAlert: 'unknown_ca (48)' }), testTls());

  expect(rows.get('version')).toMatchObject({ client: { text: 'handshake failed', tone: 'bad' }, differs: false });
  expect(rows.get('cipher')?.client).toBeNull();
  expect(rows.get('alert')?.client).toMatchObject({ text: 'the client: unknown_ca (48)', tone: 'bad' });
  expect(rows.get('alpn')?.client).toBeNull();
});

it('a connection that was passed through has not failed', () => {
  const flow = { ...testConnections(testTls({ version: '' }), null), kind: 'passedThrough' as const };
  const row = connectionFacts(flow).find(({ id }) => id === 'version');
  expect(row?.client).toEqual({ text: 'passed through, not decrypted' });
});

it('says which client certificate was shown, on the side where it was', () => {
  const clientCertificate = {
    subject: 'CN=me, O=Shop',
    fingerprintSha256: 'AB:CD:EF:01:23:45:67:89:AB',
  } as unknown as Certificate;
  const row = facts(testTls(), testTls({ clientCertificate })).get('clientCertificate');
  expect(row).toMatchObject({ client: null, server: { text: 'me', note: 'SHA\u2011256 AB:CD:EF:01…' } });
  expect(facts(testTls(), testTls()).has('clientCertificate')).toBe(false);
});

it('plain text is named, and rows that nobody has are left out', () => {
  const rows = facts(null, null);

  expect(rows.get('version')).toMatchObject({
    client: { text: 'Plain text, no TLS.' },
    server: { text: 'Plain text, no TLS.' },
  });
  expect(rows.has('cipher')).toBe(false);
  expect(rows.get('id')).toMatchObject({ client: { text: '#1' }, server: { text: '#2', note: 'reused' } });
});

it('without a server connection there is nothing on that side', () => {
  for (const row of connectionFacts(testConnections(testTls(), undefined))) expect(row.server).toBeNull();
});

it('a key that came with RSA is pointed out', () =>
  expect(
    facts(null, testTls({ keyExchangeGroup: null, cipherSuite: 'TLS_RSA_WITH_AES_128_CBC_SHA' })).get('group')?.server
      ?.tone,
  ).toBe('bad'));
