// Certificates of every kind, good and bad, made by openssl when they are asked for.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTestProgram } from '../../scripts/testPrograms.mjs';

const run = promisify(execFile);
const day = 24 * 3600_000;

/** How openssl is asked for a key. */
const keyKinds = {
  ec: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  p521: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  rsa: ['rsa:2048'],
  rsa1024: ['rsa:1024'],
  rsaPss: ['rsa-pss', '-pkeyopt', 'rsa_keygen_bits:2048'],
  ed25519: ['ed25519'],
};

/** One folder of certificates. What has the same name is made once. */
export class Certificates {
  constructor(folder) {
    this.folder = folder;
    this.made = new Map();
    mkdirSync(folder, { recursive: true });

    // Weak keys and old signatures are what some of them are for.
    this.opensslConf = join(folder, 'openssl.cnf');
    const sections = ['openssl_conf = main', '[main]', 'ssl_conf = ssl', '[ssl]', 'system_default = all'];
    const request = ['[req]', 'distinguished_name = names', '[names]'];
    writeFileSync(
      this.opensslConf,
      [...sections, '[all]', 'MinProtocol = None', 'CipherString = ALL:@SECLEVEL=0', ...request, ''].join('\n'),
    );
  }

  /** Runs openssl in the folder. */
  openssl(...args) {
    return run(findTestProgram('openssl'), args, { cwd: this.folder, env: { ...process.env, OPENSSL_CONF: this.opensslConf } });
  }

  file(name) {
    return join(this.folder, name);
  }

  read(name) {
    return readFileSync(this.file(name), 'utf8');
  }

  /** An authority; without an issuer a root. */
  authority(name, { issuer = 'self', ...rest } = {}) {
    const ext = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature'];
    return this.issue(name, { issuer, key: 'ec', subject: `/CN=${name}`, ext, san: [], ...rest });
  }

  /**
   * A certificate `name.pem` with its key `name.key`.
   * @param {string} name
   * @param {{ issuer: string, san?: string[], subject?: string, key?: keyof typeof keyKinds, digest?: string, from?: number, to?: number,
   *   ext?: string[] }} what `issuer` is the name of an authority or `self`; `san` as openssl writes it; `from` and `to` in days from now.
   */
  issue(name, what) {
    if (!this.made.has(name)) this.made.set(name, this.#issue(name, what));
    return this.made.get(name);
  }

  async #issue(name, { issuer, san = [], subject = '/O=Matrix', key = 'ec', digest = 'sha256', from = -1, to = 30, ext }) {
    const home = this.file(`${name}.ca`);
    mkdirSync(home);
    writeFileSync(join(home, 'index'), '');
    const extensions = ext ?? ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=serverAuth'];
    const names = san.map((one, at) => `${one.replace(':', `.${at + 1} = `)}`);
    const main = ['[ca]', 'default_ca = one', '[one]', `new_certs_dir = ${home}`, `database = ${join(home, 'index')}`, 'rand_serial = yes'];
    const rules = [
      'unique_subject = no',
      'policy = any',
      'x509_extensions = ext',
      '[any]',
      'commonName = optional',
      '[ext]',
      ...extensions,
    ];
    const alternative = names.length > 0 ? ['subjectAltName = @san', '[san]', ...names] : [];
    const algorithm = key === 'ed25519' ? [] : ['-md', digest];
    writeFileSync(join(home, 'cnf'), [...main, `default_md = ${digest}`, ...rules, ...alternative, ''].join('\n'));
    await this.openssl(
      'req',
      '-new',
      '-utf8',
      '-newkey',
      ...keyKinds[key],
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      subject,
    );
    const signer = issuer === 'self' ? ['-selfsign', '-keyfile', `${name}.key`] : ['-cert', `${issuer}.pem`, '-keyfile', `${issuer}.key`];
    const time = ['-startdate', stamp(from), '-enddate', stamp(to)];
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`];
    await this.openssl('ca', '-batch', '-notext', '-preserveDN', '-config', join(home, 'cnf'), ...signer, ...algorithm, ...time, ...files);
  }

  /** Turns round the certificate's last byte, which is the signature's. */
  spoil(name) {
    const der = Buffer.from(this.read(`${name}.pem`).replace(/-----[^-]+-----|\s/g, ''), 'base64');
    der[der.length - 1] ^= 0xff;
    const lines = der.toString('base64').match(/.{1,64}/g);
    writeFileSync(this.file(`${name}.pem`), ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'));
  }

  /** An OCSP response (DER) in which the issuer says that the certificate is revoked. */
  async revoke(name, issuer) {
    const { stdout } = await this.openssl('x509', '-in', `${name}.pem`, '-noout', '-serial');
    const columns = ['R', shortStamp(30), shortStamp(-0.5), stdout.trim().split('=')[1], 'unknown', `/CN=${name}`];
    writeFileSync(this.file(`${name}.revoked`), `${columns.join('\t')}\n`);
    const signer = ['-CA', `${issuer}.pem`, '-rsigner', `${issuer}.pem`, '-rkey', `${issuer}.key`, '-ndays', '7'];
    const about = ['-issuer', `${issuer}.pem`, '-cert', `${name}.pem`];
    await this.openssl('ocsp', '-index', `${name}.revoked`, ...signer, ...about, '-no_nonce', '-respout', `${name}.ocsp`);
  }
}

/** GeneralizedTime (RFC 5280, section 4.1.2.5.2). */
function stamp(days) {
  return `${new Date(Date.now() + days * day).toISOString().replace(/[-:T]|\.\d+/g, '')}`;
}

/** UTCTime (RFC 5280, section 4.1.2.5.1), as openssl's index has it. */
function shortStamp(days) {
  return stamp(days).slice(2);
}
