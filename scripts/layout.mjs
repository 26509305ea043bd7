// Where things are in the checkout.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const artifacts = join(root, 'artifacts');
export const client = join(root, 'src', 'web-client');
export const clientOutput = join(client, 'dist');
export const hostProject = join(root, 'src', 'Web', 'Web.csproj');
export const solution = join(root, 'MitmWeb.sln');
export const browserTests = join(root, 'tests', 'Browser.Tests');
export const comparison = join(root, 'tests', 'Benchmarks', 'Compare');

/** Everything the host is built from. */
export const hostSources = [
  'src/Proxy',
  'src/Web',
  'Directory.Build.props',
  'Directory.Packages.props',
  'global.json',
  '.editorconfig',
  'nuget.config',
  'NuGet.config',
  'NuGet.Config',
].map((path) => join(root, path));
