// npm run dev: the dashboard by Vite (http://127.0.0.1:5173/) with live reload, and the host rebuilt by dotnet watch.
import { spawn } from 'node:child_process';
import { installPackages } from './build.mjs';
import { client, hostProject, root } from './layout.mjs';
import { checkNode, checkSdk, exitOf, findDotnet, npm, runMain } from './processes.mjs';

await runMain(async () => {
  checkNode();
  const dotnet = findDotnet();
  await checkSdk(dotnet);
  await installPackages(client, 'the dashboard');
  const [command, args] = npm('run', 'dev', '--', '--host', '127.0.0.1');
  const watch = ['watch', '--non-interactive', '--project', hostProject, 'run', '--', '--web-password', 'dev', ...process.argv.slice(2)];
  const children = [
    spawn(command, args, { cwd: client, stdio: 'inherit' }),
    spawn(dotnet.command, watch, { cwd: root, stdio: 'inherit', env: dotnet.env }),
  ];
  const stop = (signal) => {
    for (const child of children) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal));
  console.error('Sign in at http://127.0.0.1:8081/?token=dev, then open http://127.0.0.1:5173/');
  const code = await Promise.race(children.map((child) => exitOf(child, 'a development server')));
  stop('SIGTERM');
  return code;
});
