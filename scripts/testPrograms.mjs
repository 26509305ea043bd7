// The programs that the browser tests use: a real browser, a real server, real curl.
import { existsSync } from 'node:fs';
import { findProgram, PlainError, runQuietly } from './processes.mjs';

/** Command → Debian's package. */
const needed = {
  chromium: 'chromium',
  nginx: 'nginx-light',
  certutil: 'libnss3-tools',
  curl: 'curl',
  openssl: 'openssl',
};

/** Programs without which single tests are skipped, with a line that says so. Java and Go are large, and left to who wants them. */
const useful = {
  nghttp: 'nghttp2-client',
  nghttpd: 'nghttp2-server',
  sslscan: 'sslscan',
  certtool: 'gnutls-bin',
  wget: 'wget',
  git: 'git',
};

/** The path of a program that the tests use, or null. Servers live in /usr/sbin, which is not on everybody's PATH. */
export function findTestProgram(name) {
  if (name === 'chromium' && process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = name === 'chromium' ? ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] : [name];
  for (const one of names) {
    const path = findProgram(one) ?? [`/usr/sbin/${one}`, `/usr/local/sbin/${one}`].find(existsSync);
    if (path) return path;
  }
  return null;
}

/** Installs what is missing where that is possible (Debian or Ubuntu, as root), else says what to install. */
export async function installTestPrograms() {
  const packagesFor = (programs) =>
    Object.keys(programs)
      .filter((name) => !findTestProgram(name))
      .map((name) => programs[name]);
  const missing = packagesFor(needed);
  const wished = packagesFor(useful);
  const canInstall = process.getuid?.() === 0 && findProgram('apt-get');
  if (missing.length > 0 && !canInstall) {
    throw new PlainError(`the browser tests need more programs: on Debian or Ubuntu, sudo apt-get install ${missing.join(' ')}`);
  }
  if (missing.length + wished.length === 0 || !canInstall) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = (packages) =>
    runQuietly('apt-get-install', 'apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env });
  console.error(`Installing ${[...missing, ...wished].join(' ')} …`);
  await runQuietly('apt-get-update', 'apt-get', ['update', '-q'], { env });
  if (missing.length > 0) await install(missing);
  for (const name of wished) {
    await install([name]).catch((error) => console.error(`${name} could not be installed: ${error.message}`));
  }
}
