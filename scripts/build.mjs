// Builds what is not built yet: the dashboard's packages, the dashboard, the host. Run by itself (npm run build, npm run release) or by start and test.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { artifacts, client, clientOutput, hostProject, hostSources } from './layout.mjs';
import { withBuildLock } from './lock.mjs';
import { checkNode, checkSdk, findDotnet, npm, runMain, runQuietly } from './processes.mjs';
import { stampOf } from './stamp.mjs';

const keptHosts = 3;
const clientStamp = join(artifacts, 'web-client.stamp');

/**
 * Brings the build up to date and gives the host's folder. Says what it does on standard error, and nothing when there is nothing to do.
 * @param {{ hostAlone?: boolean }} options `hostAlone`: without the dashboard
 */
export async function build({ hostAlone = false } = {}) {
  const wanted = { client: stampOf([client]), host: stampOf(hostSources, process.platform, process.arch) };
  const hasClient = () => hostAlone || isClientBuilt(wanted.client);
  if (!hasClient() || !isHostBuilt(wanted.host)) {
    await withBuildLock(async () => {
      if (!hasClient()) await buildClient(wanted.client);
      if (!isHostBuilt(wanted.host)) await buildHost(wanted.host);
    });
  }
  const folder = hostFolder(wanted.host);
  utimesSync(folder, new Date(), new Date());
  return folder;
}

/**
 * Makes the program as it is installed, with the dashboard, and gives its folder. Its code is compiled ahead of time for this platform, which halves
 * the work of a start; that takes longer than a build and needs a compiler from the package registry.
 */
export async function release() {
  await build();
  const stamp = stampOf([client, ...hostSources], process.platform, process.arch);
  const folder = join(artifacts, 'release', stamp);
  if (existsSync(folder)) return folder;
  await withBuildLock(async () => {
    const { command, env } = findDotnet();
    await step('Making the release', async () => {
      rmSync(join(artifacts, 'release'), { recursive: true, force: true });
      const fresh = `${folder}.new`;
      const aheadOfTime = ['--use-current-runtime', '--self-contained', 'false', '-p:PublishReadyToRun=true'];
      // The files of the usual build stay what they are.
      const apart = ['--artifacts-path', join(artifacts, 'release-objects')];
      await runQuietly(
        'release',
        command,
        ['publish', hostProject, '-c', 'Release', '-o', fresh, ...aheadOfTime, ...apart, '-nologo', '-v', 'quiet', '-nodeReuse:false'],
        { env },
      );
      cpSync(clientOutput, join(fresh, 'wwwroot'), { recursive: true });
      renameSync(fresh, folder);
    });
  });
  return folder;
}

/** Installs a package's dependencies unless those of its lock file are there. */
export async function installPackages(folder, name) {
  const stamp = stampOf(
    [join(folder, 'package.json'), join(folder, 'package-lock.json')],
    process.platform,
    process.arch,
    process.versions.modules,
  );
  const file = join(folder, 'node_modules', '.mitmweb-stamp');
  if (read(file) === stamp) return;
  await step(`Installing ${name}'s packages`, async () => {
    checkNode();
    const [command, args] = npm('ci', '--no-audit', '--no-fund');
    await runQuietly('npm-ci', command, args, { cwd: folder });
    writeFileSync(file, stamp);
  });
}

async function buildClient(stamp) {
  checkNode();
  await installPackages(client, 'the dashboard');
  await step('Building the dashboard', async () => {
    rmSync(clientStamp, { force: true });
    const [command, args] = npm('run', 'build');
    await runQuietly('build-dashboard', command, args, { cwd: client });
    writeFileSync(clientStamp, stamp);
  });
}

/** Each build has a folder of its own, so that a MitmWeb that runs is never changed under its feet. */
async function buildHost(stamp) {
  const dotnet = findDotnet();
  await checkSdk(dotnet);
  await step('Building the host', async () => {
    const folder = hostFolder(stamp);
    const fresh = `${folder}.new`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    const args = ['build', hostProject, '-c', 'Release', '-o', fresh, '-nologo', '-v', 'quiet', '-nodeReuse:false'];
    await runQuietly('build-host', dotnet.command, args, { env: dotnet.env });
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
    removeOldHosts();
  });
}

function removeOldHosts() {
  const parent = join(artifacts, 'host');
  const folders = readdirSync(parent)
    .map((name) => join(parent, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const folder of folders.slice(keptHosts)) rmSync(folder, { recursive: true, force: true });
}

const hostFolder = (stamp) => join(artifacts, 'host', stamp);
const isHostBuilt = (stamp) => existsSync(join(hostFolder(stamp), 'mitmweb.dll'));
const isClientBuilt = (stamp) => read(clientStamp) === stamp && existsSync(join(clientOutput, 'index.html'));

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

async function step(title, work) {
  const start = performance.now();
  console.error(`${title} …`);
  await work();
  console.error(`${title}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    console.log(await (process.argv.includes('--release') ? release() : build()));
  });
}
