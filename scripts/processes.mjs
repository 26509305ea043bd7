// Running other programs: quietly for what only matters when it fails, openly for what people read.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { artifacts, root } from './layout.mjs';

const isWindows = process.platform === 'win32';

/** A failure that is explained by its message alone; no stack trace is shown for it. */
export class PlainError extends Error {}

/** Runs `main` and turns what it throws into one line and exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof PlainError ? `mitmweb: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** The full path of a program on the PATH, or null. */
export function findProgram(name) {
  const suffixes = isWindows ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const suffix of suffixes) {
      const path = join(folder, name + suffix);
      if (folder && existsSync(path)) return path;
    }
  }
  return null;
}

function dotnetEnvironment(dotnet) {
  const env = {
    ...process.env,
    DOTNET_NOLOGO: '1',
    DOTNET_CLI_TELEMETRY_OPTOUT: '1',
    DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1',
    // What is built here ends with the build: no server process stays behind.
    MSBUILDDISABLENODEREUSE: '1',
    DOTNET_CLI_USE_MSBUILD_SERVER: '0',
    UseSharedCompilation: 'false',
  };
  const home = dirname(realpathSync(dotnet));
  if (existsSync(join(home, 'shared', 'Microsoft.AspNetCore.App'))) env.DOTNET_ROOT ??= home;
  return env;
}

export const sdkHint = 'get it from https://dotnet.microsoft.com/download/dotnet/10.0';

/** The .NET command and the environment it is to run in. */
export function findDotnet() {
  const command =
    findProgram('dotnet') ??
    [process.env.DOTNET_ROOT, '/usr/share/dotnet', '/usr/lib/dotnet', '/usr/local/share/dotnet']
      .filter(Boolean)
      .map((folder) => join(folder, isWindows ? 'dotnet.exe' : 'dotnet'))
      .find(existsSync);
  if (!command) throw new PlainError(`the .NET 10 SDK is needed to build and run, and there is no dotnet command: ${sdkHint}`);
  return { command, env: dotnetEnvironment(command) };
}

/** Throws when the machine lacks the .NET SDK that the build needs. */
export async function checkSdk(dotnet) {
  const { code, output } = await capture(dotnet.command, ['--list-sdks'], { env: dotnet.env });
  const versions = output
    .split('\n')
    .map((line) => line.split(' ')[0])
    .filter(Boolean);
  if (code !== 0 || !versions.some((version) => Number.parseInt(version, 10) >= 10)) {
    const found = versions.length > 0 ? `found ${versions.join(', ')}` : 'found none';
    throw new PlainError(`the .NET 10 SDK is needed to build (${found}): ${sdkHint}`);
  }
}

/** Throws when this is an older Node than the dashboard's tools run on. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new PlainError(`Node 20.19 or newer is needed to build (this is ${process.versions.node}): get it from https://nodejs.org/`);
  }
}

/** npm, run by the Node that runs this script. */
export function npm(...args) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? [process.execPath, [cli, ...args]] : [isWindows ? 'npm.cmd' : 'npm', args];
}

/** Runs a program with its output in a log file; when it fails, the log is shown and a PlainError thrown. */
export async function runQuietly(name, command, args, options = {}) {
  mkdirSync(join(artifacts, 'logs'), { recursive: true });
  const log = join(artifacts, 'logs', `${name}-${process.pid}.log`);
  const file = openSync(log, 'w');
  let code;
  try {
    code = await exitOf(spawn(command, args, { cwd: root, ...options, stdio: ['ignore', file, file] }), command);
  } finally {
    closeSync(file);
  }
  if (code !== 0) {
    process.stderr.write(readFileSync(log));
    throw new PlainError(`${name} failed (exit code ${code}); its output is above and in ${log}`);
  }
}

/** Runs a program whose output people read; gives its exit code. */
export function runOpenly(command, args, options = {}) {
  return exitOf(spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options }), command);
}

/** Runs a program and gives its exit code and output. */
export async function capture(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const drained = new Promise((resolve) => child.stdout.on('end', resolve));
  const code = await exitOf(child, command);
  await drained;
  return { code, output };
}

/** The exit code of a child: 128 and the signal's number when a signal ended it. */
export function exitOf(child, command) {
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new PlainError(`cannot run ${command}: ${error.message}`)));
    child.on('exit', (code, signal) => resolve(code ?? 128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1)));
  });
}
