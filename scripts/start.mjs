// npm start: builds what has changed, then runs MitmWeb with the arguments that came after `--`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { exitOf, findDotnet, runMain } from './processes.mjs';

await runMain(async () => {
  const folder = await build();
  const dotnet = findDotnet();
  const program = join(folder, process.platform === 'win32' ? 'mitmweb.exe' : 'mitmweb');
  const args = process.argv.slice(2);
  const [command, commandArgs] =
    existsSync(program) && dotnet.env.DOTNET_ROOT ? [program, args] : [dotnet.command, [join(folder, 'mitmweb.dll'), ...args]];
  const child = spawn(command, commandArgs, { stdio: 'inherit', env: { ...process.env, DOTNET_ROOT: dotnet.env.DOTNET_ROOT } });

  // A terminal sends Ctrl+C to all of us, and npm passes it on once more; MitmWeb takes signals that come together for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));

  // The shell that npm puts between itself and this script does not pass on a SIGTERM that it dies of.
  const parent = process.ppid;
  const watch = setInterval(() => process.env.npm_lifecycle_event && process.ppid !== parent && child.kill('SIGTERM'), 250).unref();
  return exitOf(child, command).finally(() => clearInterval(watch));
});
