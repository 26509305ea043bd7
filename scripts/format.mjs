// npm run format: lays out all sources as npm test wants them.
import { installPackages } from './build.mjs';
import { browserTests, client, root, solution } from './layout.mjs';
import { biome } from './lint.mjs';
import { checkSdk, findDotnet, runMain, runOpenly } from './processes.mjs';

await runMain(async () => {
  const dotnet = findDotnet();
  await checkSdk(dotnet);
  await installPackages(client, 'the dashboard');
  const formatted = await runOpenly(dotnet.command, ['format', solution], { env: dotnet.env });
  const checked = await runOpenly(...biome('check', '--write', `--config-path=${root}/scripts`, `${root}/scripts`, browserTests));
  return formatted || checked;
});
