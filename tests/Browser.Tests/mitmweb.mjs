// A real mitmweb, as npm start runs it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from '../../scripts/build.mjs';

const startLimit = 20_000;
let hostFolder;

/**
 * Starts mitmweb and waits until it listens.
 * @param {{ confdir: string, args?: string[], env?: Record<string, string> }} options
 */
export async function startMitmWeb({ confdir, args = [], env = {} }) {
  hostFolder ??= await build();
  const usual = [
    ['--confdir', confdir],
    ['--listen-host', '127.0.0.1'],
    ['--listen-port', '0'],
    ['--web-port', '0'],
  ];
  const all = [...usual.filter(([name]) => !args.includes(name)).flat(), ...args];
  const child = spawn(join(hostFolder, 'mitmweb'), all, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  let errors = '';
  const started = new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`mitmweb did not start: ${output}${errors}`)), startLimit);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (/^Ctrl\+C/m.test(output)) {
        clearTimeout(limit);
        resolve();
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`mitmweb ended with ${code}: ${output}${errors}`));
    });
  });
  await started;

  const dashboard = new URL(/http:\/\/\S+\?token=\S+/.exec(output)[0]);
  const proxy = /Proxy\s+(http:\/\/\S+)/.exec(output)[1];
  const token = dashboard.searchParams.get('token');
  return {
    dashboard: dashboard.href,
    origin: dashboard.origin,
    webPort: Number(dashboard.port),
    proxy,
    proxyPort: Number(new URL(proxy).port),
    token,
    confdir,
    pid: child.pid,
    caFile: join(confdir, 'mitmweb-ca-cert.pem'),
    get errors() {
      return errors;
    },
    /** Asks the API as a script does. */
    async api(path, init) {
      const response = await fetch(`${dashboard.origin}/api${path}`, { ...init, headers: { Authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.status === 204 ? null : response.json();
    },
    /** Ends it by a signal and gives its exit code and how long it took. */
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return { code: child.exitCode, took: 0 };
      const start = performance.now();
      const ended = once(child, 'exit');
      child.kill(signal);
      const [code] = await ended;
      return { code, took: performance.now() - start };
    },
  };
}
