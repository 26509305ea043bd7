// npm start as people use it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from '../../scripts/build.mjs';
import { root } from '../../scripts/layout.mjs';
import { npm } from '../../scripts/processes.mjs';
import { temporaryFolder } from './folder.mjs';

const folder = temporaryFolder();

before(() => build());
after(() => folder.remove());

// Below 3 s and 2 s where nobody else is at work; what is asserted is the line between slow and stuck.
test('with nothing changed, npm start listens soon, and Ctrl+C ends it at once', async (context) => {
  const start = performance.now();
  const ports = ['--listen-host', '127.0.0.1', '-p', '0', '--web-port', '0'];
  const [command, args] = npm('start', '--', '--confdir', join(folder.path, 'conf with spaces'), ...ports);
  // A group of its own, so that the signal reaches all of it, as Ctrl+C in a terminal does.
  const child = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const ended = once(child, 'exit');
  await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${output}${errors}`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (/^Ctrl\+C/m.test(output)) resolve();
    });
  });
  const took = performance.now() - start;
  const dashboard = /http:\/\/\S+\?token=\S+/.exec(output)[0];
  assert.equal((await fetch(dashboard, { redirect: 'manual' })).status, 302);

  const stop = performance.now();
  process.kill(-child.pid, 'SIGINT');
  const [code, signal] = await ended;
  await assert.rejects(fetch(dashboard), 'nobody listens any more');
  const stopped = performance.now() - stop;

  context.diagnostic(`listening after ${Math.round(took)} ms, ended ${Math.round(stopped)} ms after Ctrl+C`);
  // npm passes on what it got itself.
  assert.ok(code === 0 || signal === 'SIGINT', `${code} ${signal}`);
  assert.ok(took < 30_000, `${took} ms`);
  assert.ok(stopped < 15_000, `${stopped} ms`);
  assert.match(output, /conf with spaces\/mitmweb-ca-cert\.pem'/);
  assert.doesNotMatch(errors, /Building|Installing/);
});

test('a Ctrl+C that arrives several times is one: it ends in order', async () => {
  const args = ['--confdir', join(folder.path, 'conf'), '--listen-host', '127.0.0.1', '-p', '0', '--web-port', '0'];
  const child = spawn(process.execPath, [join(root, 'scripts', 'start.mjs'), ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  for await (const text of child.stdout) if (/^Ctrl\+C/m.test(text)) break;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGINT');
  process.kill(-child.pid, 'SIGINT');
  const [code] = await ended;
  assert.equal(code, 0);
});

test('a wrong argument passes through to its message and exit code', async () => {
  const child = spawn(process.execPath, [join(root, 'scripts', 'start.mjs'), '--listen-prot', '9090'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 2);
  assert.match(errors, /^mitmweb: unknown option '--listen-prot', did you mean '--listen-port'\?[^\n]*\n$/);
});
