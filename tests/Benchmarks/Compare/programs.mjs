// What is compared, and how each is started; none is asked for more than it does by itself.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../../scripts/build.mjs';
import { exitOf, findProgram, npm, PlainError, runQuietly } from '../../../scripts/processes.mjs';
import { findTestProgram } from '../../../scripts/testPrograms.mjs';
import { launchBrowser } from '../../Browser.Tests/browser.mjs';
import { freePort, listening, reverseProxy } from './upstream.mjs';

const mockttpVersion = '4.6.5';

/**
 * @typedef {{ name: string, title: string, isProxy: boolean, pid: number | null, port: number | null, stop: () => Promise<void> }} Running
 */

/** All that can be compared, by name: whether it is there, and how it is started. */
export const programs = {
  direct: { title: 'no proxy', start: async () => ({ isProxy: false, pid: null, port: null, stop: async () => {} }) },
  nginx: { title: 'nginx, a TLS reverse proxy', start: startNginx },
  mitmweb: { title: 'MitmWeb', start: (folder, upstream) => startMitmWeb(folder, upstream) },
  dashboard: {
    title: 'MitmWeb, dashboard open',
    start: startMitmWebWithDashboard,
    missing: () => (findTestProgram('chromium') ? null : 'Chromium is not installed'),
  },
  mitmdump: { title: 'mitmdump', start: (folder, upstream) => startMitmdump(folder, upstream), missing: needsMitmdump },
  'mitmdump-w': {
    title: 'mitmdump -w, recording',
    start: (folder, upstream) => startMitmdump(folder, upstream, ['-w', join(folder, 'flows')]),
    missing: needsMitmdump,
  },
  mockttp: { title: `mockttp ${mockttpVersion}`, start: (folder) => startMockttp(folder) },
};

function needsMitmdump() {
  return findProgram('mitmdump') ? null : 'mitmdump is not installed (on Debian: apt-get install mitmproxy)';
}

/**
 * Starts MitmWeb.
 * @param {{ host?: string, args?: string[] }} options `host`: the folder of the program; without, that of the checkout's build
 */
export async function startMitmWeb(folder, upstream, { host, args = [] } = {}) {
  host ??= await build();
  const port = await freePort();
  const webPort = await freePort();
  const child = await start(
    join(host, 'mitmweb'),
    [
      ...[
        '--confdir',
        folder,
        '--listen-host',
        '127.0.0.1',
        '-p',
        String(port),
        '--web-port',
        String(webPort),
        '--web-password',
        'benchmark',
      ],
      ...['--ssl-verify-upstream-trusted-ca', upstream.certificates.authority],
      ...args,
    ],
    port,
    folder,
  );
  return {
    ...child,
    dashboard: `http://127.0.0.1:${webPort}/?token=benchmark`,
    /** Asks the API as a script does. */
    async api(path, method = 'GET', body = undefined) {
      const headers = { Authorization: 'Bearer benchmark', 'Content-Type': 'application/json' };
      const response = await fetch(`http://127.0.0.1:${webPort}/api${path}`, { method, headers, body: body && JSON.stringify(body) });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
  };
}

async function startMitmWebWithDashboard(folder, upstream) {
  const proxy = await startMitmWeb(folder, upstream);
  const browser = await launchBrowser({ home: join(folder, 'home') });
  const page = await browser.newPage();
  await page.goto(proxy.dashboard);
  return {
    ...proxy,
    async stop() {
      await browser.close();
      await proxy.stop();
    },
  };
}

async function startMitmdump(folder, upstream, more = []) {
  const port = await freePort();
  const settings = [`confdir=${folder}`, `ssl_verify_upstream_trusted_ca=${upstream.certificates.authority}`].flatMap((one) => [
    '--set',
    one,
  ]);
  return start('mitmdump', ['-q', '--listen-host', '127.0.0.1', '-p', String(port), ...settings, ...more], port, folder);
}

async function startNginx(folder, upstream) {
  const port = await freePort();
  return { ...(await start(findTestProgram('nginx'), reverseProxy(folder, upstream, port), port, folder)), isProxy: false };
}

async function startMockttp(folder) {
  const port = await freePort();
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: { mockttp: mockttpVersion } }));
  const [command, args] = npm('install', '--no-audit', '--no-fund');
  await runQuietly('npm-install-mockttp', command, args, { cwd: folder });
  const script = join(folder, 'proxy.mjs');
  writeFileSync(
    script,
    `import { generateCACertificate, getLocal } from 'mockttp';
     const server = getLocal({ https: await generateCACertificate() });
     // It would check the certificate against the address instead of the name asked for.
     await server.forAnyRequest().thenPassThrough({ ignoreHostHttpsErrors: true });
     await server.forAnyWebSocket().thenPassThrough({ ignoreHostHttpsErrors: true });
     await server.start(${port});`,
  );
  return start(process.execPath, [script], port, folder);
}

/** Starts a program and waits until it listens. @returns {Promise<Omit<Running, 'name' | 'title'>>} */
async function start(command, args, port, folder) {
  mkdirSync(folder, { recursive: true });
  let said = '';
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4000);
    });
  }
  const ended = exitOf(child, command);
  const begun = performance.now();
  try {
    await listening(port, child);
  } catch (error) {
    child.kill('SIGKILL');
    throw new PlainError(`${command} did not start: ${error.message}\n${said}`);
  }
  return {
    isProxy: true,
    pid: child.pid,
    port,
    startSeconds: (performance.now() - begun) / 1000,
    async stop() {
      child.kill();
      const limit = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(limit);
    },
  };
}
