// Servers of every kind, made on the spot, and what becomes of a request to each. What is expected stands in the tables of docs/certificates.md:
// a row there without a server here fails, and the other way round.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, isIP, isIPv6 } from 'node:net';
import { join } from 'node:path';
import { after, before as beforeAll, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findTestProgram } from '../../scripts/testPrograms.mjs';
import { Certificates } from './certificates.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { before, counting, encrypted, http2Only, nginx, nobody, raw, sServer, TlsServers } from './tlsServers.mjs';

const run = promisify(execFile);
const folder = temporaryFolder();
const certificates = new Certificates(join(folder.path, 'certificates'));
const servers = new TlsServers(certificates);
const missing = ['nginx', 'openssl', 'curl'].filter((name) => !findTestProgram(name));
const options = {
  skip:
    missing.length > 0
      ? `${missing.join(', ')} not installed`
      : !showsCertificates() && 'curl is older than 7.88: it does not tell the certificates',
};
const scanOptions = { skip: options.skip || (!findTestProgram('sslscan') && 'sslscan is not installed (Debian: apt-get install sslscan)') };
const byIntermediate = { issuer: 'Matrix intermediate' };
const chain = ['Matrix intermediate'];
const many = (count) => Array.from({ length: count }, (_, at) => `DNS:n${at}.many.test`);

/** The certificates in the folder of --client-certs, by host. */
const clientCertificates = {
  'client13.test': 'known client',
  'client12.test': 'known client',
  'foreign13.test': 'foreign client',
  'foreign12.test': 'foreign client',
};

/** The certificates of the servers; one that is not named here has its own name as the only one. */
const makings = {
  several: {
    ...byIntermediate,
    san: ['DNS:several.test', 'DNS:www.several.test', 'IP:192.0.2.7', 'IP:2001:db8::7'],
    subject: '/O=Ärzte & Söhne/CN=several.test',
  },
  'wild.test': { ...byIntermediate, san: ['DNS:*.wild.test'] },
  idn: { ...byIntermediate, san: ['DNS:xn--bcher-kva.test'] },
  address: { ...byIntermediate, san: ['IP:127.0.0.1'] },
  'many.test': { ...byIntermediate, san: ['DNS:many.test', ...many(400)] },
  'more.test': { ...byIntermediate, san: ['DNS:more.test', ...many(1200)] },
  'cn.test': { ...byIntermediate, subject: '/CN=cn.test' },
  'odd.test': {
    ...byIntermediate,
    san: ['DNS:odd.test', 'DNS:with space.test', 'DNS:_under.test', 'email:a@odd.test', 'URI:https://odd.test/'],
  },
  'long.test': { ...byIntermediate, san: [`DNS:${'a'.repeat(60)}.long.test`] },
  nameless: { ...byIntermediate },
  'mail.test': { ...byIntermediate, san: ['email:a@mail.test'] },
  rsa: { ...byIntermediate, key: 'rsa', san: ['DNS:rsa.test'] },
  'weak.test': { ...byIntermediate, key: 'rsa1024', san: ['DNS:weak.test'] },
  'sha1.test': { ...byIntermediate, digest: 'sha1', san: ['DNS:sha1.test'] },
  'p384.test': { ...byIntermediate, key: 'p384', san: ['DNS:p384.test'] },
  'p521.test': { ...byIntermediate, key: 'p521', san: ['DNS:p521.test'] },
  'ed.test': { ...byIntermediate, key: 'ed25519', san: ['DNS:ed.test'] },
  'pss.test': { ...byIntermediate, key: 'rsaPss', san: ['DNS:pss.test'] },
  'expired.test': { ...byIntermediate, san: ['DNS:expired.test'], from: -20, to: -5 },
  'future.test': { ...byIntermediate, san: ['DNS:future.test'], from: 5, to: 20 },
  'skipped.test': { ...byIntermediate, san: ['DNS:skipped.test'], from: -20, to: -5 },
  'verified.test': { ...byIntermediate, san: ['DNS:verified.test'], from: -20, to: -5 },
  'expiredother.test': { ...byIntermediate, san: ['DNS:other.test'], from: -20, to: -5 },
  'self.test': { issuer: 'self', san: ['DNS:self.test'], subject: '/CN=self.test' },
  'pinned.test': { issuer: 'self', san: ['DNS:pinned.test'], subject: '/CN=pinned.test' },
  'direct.test': { issuer: 'Matrix root', san: ['DNS:direct.test'] },
  'direct address': { issuer: 'Matrix root', san: ['IP:127.0.0.1'] },
  localhost: { issuer: 'Matrix root', san: ['DNS:localhost'] },
  'unknown.test': { issuer: 'Unknown root', san: ['DNS:unknown.test'] },
  'underexpired.test': { issuer: 'Expired intermediate', san: ['DNS:underexpired.test'] },
  'underleaf.test': { issuer: 'other.test', san: ['DNS:underleaf.test'] },
  'constrained.test': { issuer: 'Constrained intermediate', san: ['DNS:constrained.test'] },
  'usage.test': { ...byIntermediate, san: ['DNS:usage.test'], ext: ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=clientAuth'] },
  'critical.test': { ...byIntermediate, san: ['DNS:critical.test'], ext: ['1.2.3.4.5=critical,DER:0500'] },
};

/**
 * The servers by the rows' names. `ask` is the host that the client asks for, `of` which MitmWeb is asked (`strict`, `loose` or
 * `impatient`, see below), `curl` more arguments, `fix` what the advice must hold. The certificate `NAME.test` is for that name unless `makings` says
 * otherwise.
 */
const rows = {
  'one name': { server: nginx({ cert: 'one.test', chain }), ask: 'one.test' },
  'several names, addresses, an organization': { server: nginx({ cert: 'several', chain }), ask: 'www.several.test' },
  'a wildcard': { server: nginx({ cert: 'wild.test', chain }), ask: 'a.wild.test' },
  'an internationalized name': { server: nginx({ cert: 'idn', chain }), ask: 'bücher.test' },
  'an address': { server: nginx({ cert: 'address', chain }), ask: '127.0.0.1' },
  '401 names': { server: nginx({ cert: 'many.test', chain }), ask: 'many.test' },
  'more than 1000 names': { server: nginx({ cert: 'more.test', chain }), ask: 'more.test' },
  'a common name alone': { server: nginx({ cert: 'cn.test', chain }), ask: 'cn.test' },
  'names that can be none, a mail address, a URI': { server: nginx({ cert: 'odd.test', chain }), ask: 'odd.test' },
  'a name of more than 64 characters': { server: nginx({ cert: 'long.test', chain }), ask: `${'a'.repeat(60)}.long.test` },

  'TLS 1.3 alone': { server: nginx({ cert: 'one.test', chain, protocols: 'TLSv1.3' }), ask: 'one.test' },
  'TLS 1.2 alone': { server: nginx({ cert: 'one.test', chain, protocols: 'TLSv1.2' }), ask: 'one.test' },
  'TLS 1.1 alone': { server: nginx({ cert: 'rsa', chain, protocols: 'TLSv1.1' }), ask: 'rsa.test' },
  'TLS 1.0 alone': { server: nginx({ cert: 'rsa', chain, protocols: 'TLSv1' }), ask: 'rsa.test' },
  'TLS 1.1 alone, `--tls-version-server-min TLS1`': {
    server: nginx({ cert: 'rsa', chain, protocols: 'TLSv1.1' }),
    ask: 'rsa.test',
    of: 'loose',
  },
  'TLS 1.0 alone, `--tls-version-server-min TLS1`': {
    server: nginx({ cert: 'rsa', chain, protocols: 'TLSv1' }),
    ask: 'rsa.test',
    of: 'loose',
  },
  'an RSA key': { server: nginx({ cert: 'rsa', chain }), ask: 'rsa.test' },
  'an RSA-PSS key': { server: nginx({ cert: 'pss.test', chain }), ask: 'pss.test' },
  'an ECDSA key, P-384': { server: nginx({ cert: 'p384.test', chain }), ask: 'p384.test' },
  'an ECDSA key, P-521': { server: nginx({ cert: 'p521.test', chain }), ask: 'p521.test' },
  'an Ed25519 key': { server: nginx({ cert: 'ed.test', chain }), ask: 'ed.test' },
  'an RSA key of 1024 bits': { server: nginx({ cert: 'weak.test', chain }), ask: 'weak.test' },
  'a signature with SHA-1': { server: nginx({ cert: 'sha1.test', chain }), ask: 'sha1.test' },
  'the curve P-521 alone (a second ClientHello)': {
    server: nginx({ cert: 'one.test', chain, more: ['ssl_ecdh_curve secp521r1'] }),
    ask: 'one.test',
  },
  'TLS 1.2 without forward secrecy (`AES128-SHA`)': {
    server: nginx({ cert: 'rsa', chain, protocols: 'TLSv1.2', ciphers: 'AES128-SHA' }),
    ask: 'rsa.test',
  },
  'the same, `--tls-version-server-min TLS1`': {
    server: nginx({ cert: 'rsa', chain, protocols: 'TLSv1.2', ciphers: 'AES128-SHA' }),
    ask: 'rsa.test',
    of: 'loose',
  },
  'no encryption (`NULL-SHA256`), even with `--tls-version-server-min TLS1`': {
    server: nginx({ cert: 'rsa', chain, protocols: 'TLSv1.2', ciphers: 'NULL-SHA256:@SECLEVEL=0' }),
    ask: 'rsa.test',
    of: 'loose',
  },

  expired: { server: nginx({ cert: 'expired.test', chain }), ask: 'expired.test' },
  'not valid yet': { server: nginx({ cert: 'future.test', chain }), ask: 'future.test' },
  'for another host': { server: nginx({ cert: 'other.test', chain }), ask: 'wrong.test' },
  'for 401 other hosts': { server: nginx({ cert: 'many.test', chain }), ask: 'wrong.test' },
  'for an address, asked for by name': { server: nginx({ cert: 'address', chain }), ask: 'wrong.test' },
  'for a name, asked for by address': { server: nginx({ cert: 'one.test', chain }), ask: '127.0.0.1' },
  'a wildcard, two labels deep': { server: nginx({ cert: 'wild.test', chain }), ask: 'a.b.wild.test' },
  'no name at all': { server: nginx({ cert: 'nameless', chain }), ask: 'nameless.test' },
  'a mail address alone': { server: nginx({ cert: 'mail.test', chain }), ask: 'mail.test' },
  'expired and for another host': { server: nginx({ cert: 'expiredother.test', chain }), ask: 'expiredother.test' },
  'self-signed': { server: nginx({ cert: 'self.test' }), ask: 'self.test', fix: /--ssl-verify-host self\.test=skip or / },
  'from a CA that is not trusted': {
    server: nginx({ cert: 'unknown.test', chain: ['Unknown root'] }),
    ask: 'unknown.test',
    fix: /unknown\.test=skip, name its CA with --ssl-verify-upstream-trusted-ca/,
  },
  'the intermediate certificate missing': { server: nginx({ cert: 'one.test' }), ask: 'one.test' },
  'the intermediate certificate expired': {
    server: nginx({ cert: 'underexpired.test', chain: ['Expired intermediate'] }),
    ask: 'underexpired.test',
  },
  'signed by a certificate that is no CA': {
    server: nginx({ cert: 'underleaf.test', chain: ['other.test', ...chain] }),
    ask: 'underleaf.test',
  },
  'outside what its CA may name': {
    server: nginx({ cert: 'constrained.test', chain: ['Constrained intermediate'] }),
    ask: 'constrained.test',
  },
  'for clients, not for servers': { server: nginx({ cert: 'usage.test', chain }), ask: 'usage.test' },
  'a critical extension that nobody knows': { server: nginx({ cert: 'critical.test', chain }), ask: 'critical.test' },
  'a broken signature': { server: nginx({ cert: 'spoiled.test', chain }), ask: 'spoiled.test' },
  'revoked, and the server staples that': {
    server: nginx({
      cert: 'revoked.test',
      chain,
      protocols: 'TLSv1.2',
      more: ['ssl_stapling on', 'ssl_stapling_file $folder/revoked.test.ocsp'],
    }),
    ask: 'revoked.test',
    revoked: true,
  },
  'the root sent along': { server: nginx({ cert: 'one.test', chain: [...chain, 'Matrix root'] }), ask: 'one.test' },
  'the chain in the wrong order': { server: nginx({ cert: 'one.test', chain: ['Matrix root', ...chain] }), ask: 'one.test' },
  '60 certificates that do not belong to it (40 KB)': {
    server: nginx({ cert: 'one.test', chain: [...chain, ...Array(60).fill('rsa')] }),
    ask: 'one.test',
  },
  'a chain of 130 KB': { server: nginx({ cert: 'one.test', chain: [...chain, ...Array(200).fill('rsa')] }), ask: 'one.test' },
  'expired, `--ssl-verify-host HOST=skip`': { server: nginx({ cert: 'skipped.test', chain }), ask: 'skipped.test' },
  'self-signed, pinned by its SHA-256': { server: nginx({ cert: 'pinned.test' }), ask: 'pinned.test' },
  'another than the pinned one': {
    server: nginx({ cert: 'otherpin.test', chain }),
    ask: 'otherpin.test',
    fix: /--ssl-verify-host otherpin\.test=sha256:[0-9A-F]{64}/,
  },
  'expired, `-k`': { server: nginx({ cert: 'expired.test', chain }), ask: 'expired.test', of: 'loose' },
  'a broken signature, `-k`': { server: nginx({ cert: 'spoiled.test', chain }), ask: 'spoiled.test', of: 'loose' },
  'expired, `-k`, `--ssl-verify-host HOST=verify`': {
    server: nginx({ cert: 'verified.test', chain }),
    ask: 'verified.test',
    of: 'loose',
    fix: /\bverified\.test=verify\b.*--ssl-verify-host verified\.test=skip before/,
  },

  'required in TLS 1.3, none given': {
    server: sServer(
      'one.test',
      '-cert_chain',
      'Matrix intermediate.pem',
      '-Verify',
      '1',
      '-verify_return_error',
      '-CAfile',
      'Client CA.pem',
    ),
    ask: 'one.test',
    fix: /--client-certs/,
  },
  'required in TLS 1.2, none given': {
    server: sServer(
      'one.test',
      '-tls1_2',
      '-cert_chain',
      'Matrix intermediate.pem',
      '-Verify',
      '1',
      '-verify_return_error',
      '-CAfile',
      'Client CA.pem',
    ),
    ask: 'one.test',
    fix: /--client-certs/,
  },
  'required by the web server (nginx), none given': {
    server: nginx({ cert: 'one.test', chain, more: ['ssl_verify_client on', "ssl_client_certificate '$folder/Client CA.pem'"] }),
    ask: 'one.test',
  },
  'required in TLS 1.3, `--client-certs`': {
    server: sServer(
      'client13.test',
      '-cert_chain',
      'Matrix intermediate.pem',
      '-Verify',
      '1',
      '-verify_return_error',
      '-CAfile',
      'Client CA.pem',
    ),
    ask: 'client13.test',
  },
  'required in TLS 1.2, `--client-certs`': {
    server: sServer(
      'client12.test',
      '-tls1_2',
      '-cert_chain',
      'Matrix intermediate.pem',
      '-Verify',
      '1',
      '-verify_return_error',
      '-CAfile',
      'Client CA.pem',
    ),
    ask: 'client12.test',
  },
  'required, one of another CA given, TLS 1.3': {
    server: sServer(
      'foreign13.test',
      '-cert_chain',
      'Matrix intermediate.pem',
      '-Verify',
      '1',
      '-verify_return_error',
      '-CAfile',
      'Client CA.pem',
    ),
    ask: 'foreign13.test',
  },
  'required, one of another CA given, TLS 1.2': {
    server: sServer(
      'foreign12.test',
      '-tls1_2',
      '-cert_chain',
      'Matrix intermediate.pem',
      '-Verify',
      '1',
      '-verify_return_error',
      '-CAfile',
      'Client CA.pem',
    ),
    ask: 'foreign12.test',
  },
  'asked for, none given': {
    server: nginx({ cert: 'one.test', chain, more: ['ssl_verify_client optional', "ssl_client_certificate '$folder/Client CA.pem'"] }),
    ask: 'one.test',
  },

  'HTTP/2 and HTTP/1.1': { server: nginx({ cert: 'one.test', chain, http2: true }), ask: 'one.test' },
  'the same, for a client of HTTP/1.1': { server: nginx({ cert: 'one.test', chain, http2: true }), ask: 'one.test', curl: ['--http1.1'] },
  'HTTP/1.1 alone': { server: nginx({ cert: 'one.test', chain }), ask: 'one.test' },
  'HTTP/2 alone': { server: http2Only('direct.test'), ask: 'direct.test' },
  'HTTP/2 alone, for a client of HTTP/1.1': { server: http2Only('direct.test'), ask: 'direct.test', curl: ['--http1.1'] },
  'no ALPN': { server: sServer('direct.test'), ask: 'direct.test' },
  'ALPN, and nothing that is HTTP': { server: sServer('direct.test', '-alpn', 'acme-tls/1'), ask: 'direct.test' },
  'knows no such host (SNI)': {
    server: sServer(
      'direct.test',
      '-servername',
      'other.test',
      '-servername_fatal',
      '-cert2',
      'direct.test.pem',
      '-key2',
      'direct.test.key',
    ),
    ask: 'direct.test',
  },

  'in single bytes': {
    server: before(nginx({ cert: 'one.test', chain }), async (chunk, _, client) => {
      for (const byte of chunk) client.write(Buffer.of(byte));
    }),
    ask: 'one.test',
  },
  'a second between the parts': {
    server: before(nginx({ cert: 'one.test', chain }), async (chunk, at, client) => {
      if (at < 2000) await delay(1000);
      client.write(chunk);
    }),
    ask: 'one.test',
  },
  'nothing is ever answered': { server: raw((socket) => socket.resume()), ask: 'one.test', of: 'impatient' },
  'a byte now and then, without end': {
    server: raw((socket) => {
      socket.write(Buffer.of(22, 3, 3, 63));
      const timer = setInterval(() => socket.write(Buffer.of(0)), 200);
      socket.resume().once('close', () => clearInterval(timer));
    }),
    ask: 'one.test',
    of: 'impatient',
  },
  'closes at once': { server: raw((socket) => socket.end()), ask: 'one.test' },
  'resets at once': { server: raw((socket) => socket.resetAndDestroy()), ask: 'one.test' },
  'closes after the ClientHello': { server: raw((socket) => socket.once('data', () => socket.end())), ask: 'one.test' },
  'resets after the ClientHello': { server: raw((socket) => socket.once('data', () => socket.resetAndDestroy())), ask: 'one.test' },
  'breaks off in the middle': {
    server: before(nginx({ cert: 'one.test', chain }), async (chunk, at, client) => {
      if (at < 300) client.end(chunk.subarray(0, 300));
    }),
    ask: 'one.test',
  },
  'a byte is changed on the way, TLS 1.3': {
    server: before(nginx({ cert: 'one.test', chain, protocols: 'TLSv1.3' }), async (chunk, at, client) =>
      client.write(changed(chunk, at, 400)),
    ),
    ask: 'one.test',
  },
  'a byte is changed on the way, TLS 1.2': {
    server: before(nginx({ cert: 'one.test', chain, protocols: 'TLSv1.2' }), async (chunk, at, client) =>
      client.write(changed(chunk, at, 20)),
    ),
    ask: 'one.test',
  },
  'answers in plain HTTP': {
    server: raw((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'))),
    ask: 'one.test',
  },
  'greets in plain text (SSH, SMTP)': { server: raw((socket) => socket.resume().write('220 mail.example ESMTP\r\n')), ask: 'one.test' },
  'answers random bytes': {
    server: raw((socket) => socket.once('data', () => socket.end(Buffer.from('8f3b5ce2a1907d44e6f10b2c93', 'hex')))),
    ask: 'one.test',
  },
  'the alert handshake_failure': {
    server: raw((socket) => socket.once('data', () => socket.end(Buffer.of(21, 3, 3, 0, 2, 2, 40)))),
    ask: 'one.test',
  },
  'the alert internal_error': {
    server: raw((socket) => socket.once('data', () => socket.end(Buffer.of(21, 3, 3, 0, 2, 2, 80)))),
    ask: 'one.test',
  },
  'the alert access_denied': {
    server: raw((socket) => socket.once('data', () => socket.end(Buffer.of(21, 3, 3, 0, 2, 2, 49)))),
    ask: 'one.test',
  },
  'closes after the handshake': { server: encrypted('direct.test', (socket) => socket.end()), ask: 'direct.test' },
  'no HTTP within TLS': {
    server: encrypted('direct.test', (socket) => socket.once('data', () => socket.end('hello\r\n'))),
    ask: 'direct.test',
  },
  'nobody listens': { server: nobody(), ask: 'one.test' },
};

const documented = readTables();
const mitmwebs = {};
const seen = { named: counting('localhost'), addressed: counting('direct address') };

beforeAll(async () => {
  if (options.skip) return;
  await makeCertificates();
  await servers.start([...Object.values(rows).map((row) => row.server), ...Object.values(seen)]);
  const clients = join(folder.path, 'clients');
  mkdirSync(clients);
  for (const [host, name] of Object.entries(clientCertificates)) {
    writeFileSync(join(clients, `${host}.pem`), certificates.read(`${name}.pem`) + certificates.read(`${name}.key`));
  }
  const { fingerprint256 } = new X509Certificate(certificates.read('pinned.test.pem'));
  const pin = `sha256:${fingerprint256.replaceAll(':', '')}`;
  const verify = (...specs) => specs.flatMap((spec) => ['--ssl-verify-host', spec]);
  const different = {
    strict: ['--client-certs', clients, ...verify('skipped.test=skip', `pinned.test=${pin}`, `otherpin.test=${pin}`)],
    loose: ['--ssl-insecure', '--tls-version-server-min', 'TLS1', ...verify('verified.test=verify')],
    impatient: ['--connect-timeout', '2', '--tls-version-client-min', 'TLS1_3'],
  };
  const env = { SSL_CERT_FILE: certificates.file('Matrix root.pem') };
  for (const [name, args] of Object.entries(different))
    mitmwebs[name] = await startMitmWeb({ confdir: join(folder.path, name), args, env });
});

after(async () => {
  await Promise.all(Object.values(mitmwebs).map((mitmweb) => mitmweb.stop()));
  await servers.stop();
  folder.remove();
});

test('the documents name the servers that are tried here, and no others', () => {
  assert.deepEqual([...documented.keys()].sort(), Object.keys(rows).sort());
  assert.ok(documented.size >= 40);
});

describe('servers of every kind', { ...options, concurrency: 8 }, () => {
  for (const [name, row] of Object.entries(rows)) {
    test(name, () => check(name, row));
  }
});

test("a host seen before needs no second handshake before the client's", options, async () => {
  const mitmweb = mitmwebs.strict;
  const { named: server } = seen;
  for (let visit = 1; visit <= 5; visit++) {
    // The server closes each connection after its response, so that each request needs one.
    const tls = await shake(mitmweb, `localhost:${server.port}`, 'localhost');
    if (visit > 1) assert.equal(server.handshakes, visit - 1, `visit ${visit}, before the request`);
    assert.deepEqual(namesOf(new X509Certificate(tls.getPeerCertificate().raw)), ['localhost']);
    assert.match(await ask(tls, 'localhost', `seen-${visit}-`), /^HTTP\/1\.1 200 .*fine/s);
    assert.equal(server.handshakes, visit, `visit ${visit}, after the request`);
    const flow = await flowOf(mitmweb, `seen-${visit}-`);
    const isAhead = Date.parse(flow.serverConnection.openedAt) < Date.parse(flow.startedAt);
    assert.equal(isAhead, visit === 1, `${flow.serverConnection.openedAt} ${flow.startedAt}`);
  }
});

for (const [what, authority, servername, names] of [
  ['an address without SNI', '127.0.0.1', '', ['127.0.0.1']],
  ['an address with SNI', '127.0.0.1', 'direct.test', ['direct.test', '127.0.0.1']],
  ['a name without SNI', 'localhost', '', ['localhost']],
]) {
  test(`CONNECT to ${what}`, options, async () => {
    const mitmweb = mitmwebs.strict;
    const server = servername ? rows['no ALPN'].server : seen[authority === 'localhost' ? 'named' : 'addressed'];
    const tls = await shake(mitmweb, `${authority}:${server.port}`, servername);
    assert.deepEqual(namesOf(new X509Certificate(tls.getPeerCertificate().raw)), names);
    const path = `connect-${authority}-${servername}-`;
    assert.match(await ask(tls, servername || authority, path), /^HTTP\/1\.\d 200 /);
    const flow = await flowOf(mitmweb, path);
    assert.equal(flow.clientConnection.tls.sni, servername || null);
    assert.equal(flow.serverConnection.tls.sni, servername || (isIP(authority) ? null : authority));
    assert.equal(flow.serverConnection.tls.certificateError, null);
  });
}

const tlsVersions = ['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

describe('sslscan finds nothing worse than the configured minimum', { ...scanOptions, concurrency: 4 }, () => {
  for (const [of, least] of [
    ['strict', 'TLSv1.2'],

    // Old versions for servers are not for clients, though OpenSSL's security level is that of the whole process.
    ['loose', 'TLSv1.2'],
    ['impatient', 'TLSv1.3'],
  ]) {
    test(`${of}: ${least}`, () => scan(mitmwebs[of], least));
  }

  test('and it does see old versions and bad suites where there are some', async () => {
    const old = await sslscan(rows['TLS 1.0 alone'].server.port);
    assert.deepEqual(old.versions, ['TLSv1.0'], old.text);
    const open = await sslscan(rows['no encryption (`NULL-SHA256`), even with `--tls-version-server-min TLS1`'].server.port);
    assert.ok(
      open.tags('cipher').some((one) => one.strength === 'null'),
      open.text,
    );
  });
});

/** Looks at MitmWeb's side towards clients. */
async function scan(mitmweb, least) {
  const [port, stop] = await tunnelTo(mitmweb, `127.0.0.1:${rows['HTTP/2 and HTTP/1.1'].server.port}`);
  try {
    const { text, tags, versions } = await sslscan(port);
    const allowed = tlsVersions.slice(tlsVersions.indexOf(least));
    assert.deepEqual(versions, allowed, text);
    assert.deepEqual(
      tags('heartbleed').filter((one) => one.vulnerable !== '0'),
      [],
      text,
    );
    assert.deepEqual(
      tags('compression').filter((one) => one.supported !== '0'),
      [],
      text,
    );
    assert.deepEqual(
      tags('renegotiation').filter((one) => one.supported === '1' && one.secure !== '1'),
      [],
      text,
    );
    assert.ok(tags('cipher').length > 0, text);
    for (const { sslversion, bits, cipher, strength } of tags('cipher')) {
      assert.ok(allowed.includes(sslversion), `${sslversion} ${cipher}`);
      assert.ok(Number(bits) >= 128, `${cipher}: ${bits} bits`);
      assert.ok(['strong', 'acceptable'].includes(strength), `${cipher}: ${strength}`);
    }
    for (const { bits, name } of tags('group')) assert.ok(Number(bits) >= 112, `${name}: ${bits} bits`);
  } finally {
    stop();
  }
}

/** What sslscan finds; it knows no proxies, and so goes by a tunnel. */
async function sslscan(port) {
  const limits = ['--timeout=60', '--connect-timeout=60'];
  const args = ['--no-colour', ...limits, '--xml=-', '--sni-name=one.test', `127.0.0.1:${port}`];
  const { stdout: text } = await run(findTestProgram('sslscan'), args, { maxBuffer: 1 << 24 });
  const tags = (name) => [...text.matchAll(new RegExp(`<${name} ([^>]*?)/?>`, 'g'))].map((match) => attributes(match[1]));
  const enabled = tags('protocol').filter((one) => one.enabled === '1');
  return { text, tags, versions: enabled.map((one) => `${one.type === 'ssl' ? 'SSL' : 'TLS'}v${one.version}`) };
}

function attributes(text) {
  return Object.fromEntries([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

/** CONNECT, and the client's handshake with the proxy's certificate; without a server name it sends no SNI. */
async function shake(mitmweb, authority, servername) {
  const socket = connect(mitmweb.proxyPort, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  assert.match(answer.toString('latin1'), /^HTTP\/1\.1 200 /);
  const tls = connectTls({
    socket,
    servername,
    ca: readFileSync(mitmweb.caFile),
    ALPNProtocols: ['http/1.1'],
    checkServerIdentity: () => undefined,
  });
  await once(tls, 'secureConnect');
  return tls;
}

/** One request, and everything that comes until the connection is closed. */
async function ask(tls, host, path) {
  tls.write(`GET /${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of tls) text += chunk.toString('latin1');
  return text;
}

/** A port whose every connection is a tunnel through the proxy, and how to close it. */
async function tunnelTo(mitmweb, authority) {
  const server = createServer((client) => {
    const tunnel = connect(mitmweb.proxyPort, '127.0.0.1', () =>
      tunnel.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`),
    );
    for (const [socket, other] of [
      [client, tunnel],
      [tunnel, client],
    ]) {
      socket.on('error', () => {}).once('close', () => other.destroy());
    }
    tunnel.once('data', () => {
      client.pipe(tunnel);
      tunnel.pipe(client);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return [server.address().port, () => server.close()];
}

async function check(name, { server, ask, of = 'strict', curl = [], revoked = false, fix = /./ }) {
  const wanted = documented.get(name);
  assert.ok(wanted, 'docs/certificates.md says nothing of it');
  const mitmweb = mitmwebs[of];
  const path = `row-${Object.keys(rows).indexOf(name)}-`;
  const answer = await get(mitmweb, server.port, ask, path, curl);
  const flow = await flowOf(mitmweb, path);
  const tls = flow.serverConnection?.tls;

  // What the client gets, and by what MitmWeb spoke with the server.
  assert.equal(String(answer.status), wanted['the client gets'], answer.body);
  if ('with the server' in wanted) {
    const spoken = [tls?.version, { h2: 'HTTP/2', 'http/1.1': 'HTTP/1.1' }[tls?.alpn]].filter(Boolean);
    assert.equal(spoken.join(', ') || '–', wanted['with the server']);
  }

  // What is said about it: by the flow, and on the page that the client gets.
  const said = wanted['what MitmWeb says'] ?? '–';
  if (answer.status === 502) {
    assert.equal(flow.state, 'error');
    const error = flow.errorDetail;
    assert.match(error.message, wordsOf(said));
    assert.match(error.fix, fix);
    const page = answer.body.replaceAll('&#39;', "'").replaceAll('&#x27;', "'").replaceAll('&amp;', '&');
    assert.ok(page.includes(error.message) && page.includes(error.fix), `the page lacks the words: ${answer.body}`);
    const isOfCertificate = error.message.includes('is not trusted');
    assert.equal(tls?.certificateError ?? null, isOfCertificate ? error.message.replace(/^.*? is not trusted: /, '') : null);
  } else {
    assert.equal(flow.state, 'done');
    assert.equal(flow.errorDetail, null);
    assert.match(tls.certificateError ?? '–', wordsOf(said));
    assert.equal(answer.body.includes(server.kind === 'nginx' && answer.status === 200 ? 'fine' : ''), true);
  }

  // The certificate that curl was shown: the names of the server's, if that showed any, then those that were asked for.
  const leaf = new X509Certificate(answer.leaf);
  const shown = tls?.certificates ?? [];
  const upstream = shown.length > 0 ? new X509Certificate(shown[0].pem) : null;
  const listed = wanted['names in the leaf'];
  const own = listed?.startsWith('`') ? listed.split(', ').map((one) => one.slice(1, -1)) : null;
  const asked = new URL(`https://${ask}/`).hostname;
  const names = [...(own ?? namesOf(upstream)), asked, '127.0.0.1'];
  if (name === 'more than 1000 names') assert.equal(namesOf(leaf).length, 1001);
  else assert.deepEqual(namesOf(leaf), [...new Set(names)].sort(byKind));
  assert.equal(subjectOf(leaf).O, upstream ? subjectOf(upstream).O : undefined);
  if (upstream) {
    assert.equal(upstream.fingerprint256, madeOf(server).fingerprint256, "the server's certificate is recorded as it is");
  }

  if (revoked) assert.equal(tls.ocsp.status, 'revoked');
}

/** Whether curl knows `%{certs}`. */
function showsCertificates() {
  const [, major, minor] = /^curl (\d+)\.(\d+)/.exec(execFileSync(findTestProgram('curl'), ['--version'], { encoding: 'utf8' }));
  return Number(major) > 7 || Number(minor) >= 88;
}

/** The certificate that a server was given. */
function madeOf(server) {
  return new X509Certificate(certificates.read(`${(server.server ?? server).cert}.pem`));
}

/** The DNS names and addresses of a certificate, or of one without such names its common name. */
function namesOf(certificate) {
  if (!certificate) return [];
  const all = (certificate.subjectAltName ?? '').split(', ').flatMap((one) => /^(?:DNS|IP Address):(.*)$/.exec(one)?.[1] ?? []);
  const names = all.map((one) => (isIPv6(one) ? new URL(`https://[${one}]/`).hostname.slice(1, -1) : one));
  return names.length === 0 && subjectOf(certificate).CN ? [subjectOf(certificate).CN] : names;
}

/** A leaf has its names first and its addresses after them, each in the order in which they came. */
function byKind(one, other) {
  return Number(isIP(one) > 0) - Number(isIP(other) > 0);
}

function subjectOf(certificate) {
  return Object.fromEntries((certificate.subject ?? '').split('\n').map((line) => line.split('=')));
}

/** The rows of the tables of docs/certificates.md whose first column is "the server", by name; each is an object of the columns. */
function readTables() {
  const text = readFileSync(fileURLToPath(new URL('../../docs/certificates.md', import.meta.url)), 'utf8');
  const cells = (line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const all = new Map();
  let columns = null;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) columns = null;
    else if (columns === null) columns = cells(line);
    else if (columns[0] === 'the server' && !line.startsWith('|-')) {
      const row = Object.fromEntries(cells(line).map((cell, at) => [columns[at], cell]));
      assert.ok(!all.has(row['the server']), `twice: ${row['the server']}`);
      all.set(row['the server'], row);
    }
  }
  return all;
}

/** An expression for words in which … stands for anything, and – for no words at all. */
function wordsOf(text) {
  if (text === '–') return /^–$/;
  const parts = text.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.+'));
}

/** A request by curl through the proxy: CONNECT to the address, the name of the host as SNI. `leaf` is the certificate that curl was shown. */
async function get(mitmweb, port, host, path, args) {
  const mark = '\n-- end of the body --\n';
  const usual = ['-sS', '--max-time', '60', '-x', mitmweb.proxy, '--cacert', mitmweb.caFile, '--connect-to', `::127.0.0.1:${port}`];
  const format = ['-w', `${mark}%{http_code} %{http_version}\n%{certs}`];
  const { stdout } = await run(findTestProgram('curl'), [...usual, ...format, ...args, `https://${host}:${port}/${path}`]);
  const at = stdout.lastIndexOf(mark);
  const [head, ...certs] = stdout.slice(at + mark.length).split('\n');
  const [status, version] = head.split(' ');
  return { status: Number(status), version, body: stdout.slice(0, at), leaf: certs.join('\n') };
}

/** The flow of the request with that path, once it is over. The store commits in batches. */
async function flowOf(mitmweb, path) {
  for (let tries = 0; ; tries++) {
    const { flows } = await mitmweb.api(`/flows?filter=${encodeURIComponent(path)}&limit=10`);
    const over = flows.filter((flow) => flow.state === 'done' || flow.state === 'error');
    if (over.length > 0) return mitmweb.api(`/flows/${over[0].id}`);
    if (tries === 400) assert.fail(`no flow: ${JSON.stringify(flows)}`);
    await delay(50);
  }
}

async function makeCertificates() {
  await Promise.all([
    certificates.authority('Matrix root'),
    certificates.authority('Unknown root'),
    certificates.authority('Client CA'),
    certificates.authority('Other client CA'),
  ]);
  const issuer = 'Matrix root';
  const constraint = 'nameConstraints=critical,permitted;DNS:allowed.test';
  await Promise.all([
    certificates.authority('Matrix intermediate', { issuer }),
    certificates.authority('Expired intermediate', { issuer, from: -20, to: -5 }),
    certificates.authority('Constrained intermediate', { issuer, ext: ['basicConstraints=critical,CA:TRUE', constraint] }),
  ]);
  await certificates.issue('other.test', { ...byIntermediate, san: ['DNS:other.test'] });
  for (const [name, issuer] of [
    ['known client', 'Client CA'],
    ['foreign client', 'Other client CA'],
  ]) {
    await certificates.issue(name, { issuer, subject: `/CN=${name}`, ext: ['extendedKeyUsage=clientAuth'] });
  }
  const needed = new Set(
    [...Object.values(rows), ...Object.values(seen).map((server) => ({ server }))].map(({ server }) => (server.server ?? server).cert),
  );
  needed.add('rsa');
  needed.add('pinned.test');
  needed.delete(undefined);
  const spoiled = needed.delete('spoiled.test');
  await Promise.all([...needed].map((name) => certificates.issue(name, makings[name] ?? { ...byIntermediate, san: [`DNS:${name}`] })));
  if (spoiled) {
    await certificates.issue('spoiled.test', { ...byIntermediate, san: ['DNS:spoiled.test'] });
    certificates.spoil('spoiled.test');
  }
  await certificates.revoke('revoked.test', 'Matrix intermediate');
}

/** The same bytes, with one changed that stands at a place of the whole. */
function changed(chunk, begin, place) {
  if (place >= begin && place < begin + chunk.length) chunk[place - begin] ^= 0xff;
  return chunk;
}
