// npm run format: lays out all sources as npm test wants them.
import { installPackages } from './build.mjs';
import { client, solution } from './layout.mjs';
import { checkScripts } from './lint.mjs';
import { checkSdk, findDotnet, npm, runMain, runOpenly } from './processes.mjs';

await runMain(async () => {
  const dotnet = findDotnet();
  await checkSdk(dotnet);
  await installPackages(client, 'the dashboard');
  const formatted = await runOpenly(dotnet.command, ['format', solution], { env: dotnet.env });
  const [command, args] = npm('run', 'format');
  const dashboard = await runOpenly(command, args, { cwd: client });
  const checked = await runOpenly(...checkScripts('--write'));
  return formatted || dashboard || checked;
});
