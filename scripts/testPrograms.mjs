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
  const missing = Object.keys(needed).filter((name) => !findTestProgram(name));
  if (missing.length === 0) return;
  const packages = missing.map((name) => needed[name]).join(' ');
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) {
    throw new PlainError(`the browser tests need ${missing.join(', ')}: on Debian or Ubuntu, sudo apt-get install ${packages}`);
  }
  console.error(`Installing ${packages} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runQuietly('apt-get-update', 'apt-get', ['update', '-q'], { env });
  await runQuietly('apt-get-install', 'apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages.split(' ')], { env });
}
