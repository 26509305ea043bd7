// Debian's Chromium, driven by Playwright.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findTestProgram } from '../../scripts/testPrograms.mjs';

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts a browser.
 * @param {{ home: string, args?: string[] }} options `home` is the folder that stands for the user's.
 */
export function launchBrowser({ home, args = [] }) {
  mkdirSync(home, { recursive: true });
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({
    executablePath: findTestProgram('chromium'),
    headless: true,
    args: [...quiet, ...sandbox, ...args],
    env: { ...process.env, HOME: home },
  });
}

/** Makes the CA one that the browsers of this home folder trust, the way a user does on Linux. */
export function trustCertificate(home, caFile) {
  const database = join(home, '.pki', 'nssdb');
  mkdirSync(database, { recursive: true });
  const certutil = (...args) => execFileSync(findTestProgram('certutil'), ['-d', `sql:${database}`, ...args]);
  certutil('-N', '--empty-password');
  certutil('-A', '-t', 'C,,', '-n', 'mitmweb', '-i', caFile);
}
