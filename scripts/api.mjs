// npm run api: asks a host for its OpenAPI document and makes the dashboard's types from it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, installPackages } from './build.mjs';
import { client } from './layout.mjs';
import { npm, PlainError, runMain, runQuietly } from './processes.mjs';

const folder = join(client, 'openapi');
const snapshot = join(folder, 'openapi.json');
const types = join(client, 'src', 'api', 'schema.ts');
const token = 'openapi';

await runMain(async () => {
  // The dashboard may already be written for types that are only made here.
  const document = await fetchDocument(await build({ hostAlone: true }));
  const text = `${JSON.stringify(document, null, 2)}\n`;
  writeFileSync(snapshot, text);
  // A package of its own: the generator needs the compiler's older API.
  await installPackages(folder, 'the type generator');
  const [command, args] = npm(
    'exec',
    '--',
    'openapi-typescript',
    snapshot,
    '-o',
    types,
    '--array-length',
    '--root-types',
    '--root-types-no-schema-prefix',
  );
  await runQuietly('openapi-types', command, args, { cwd: folder });
  const stamp = createHash('sha256').update(text).digest('hex');
  writeFileSync(types, `// From openapi.json (SHA-256 ${stamp}) by “npm run api”.\n${readFileSync(types, 'utf8')}`);
  console.error(`Wrote ${snapshot} and ${types}`);
});

async function fetchDocument(host) {
  const confdir = mkdtempSync(join(tmpdir(), 'mitmweb-api-'));
  const args = ['--confdir', confdir, '--listen-host', '127.0.0.1', '-p', '0', '--web-port', '0', '--web-password', token, '-q'];
  const child = spawn(join(host, process.platform === 'win32' ? 'mitmweb.exe' : 'mitmweb'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const [line] = await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), ended.then(() => [''])]);
    const address = /http:\/\/[^/\s]+/.exec(line)?.[0];
    if (!address) throw new PlainError('the host did not start, so there is no OpenAPI document');
    const response = await fetch(`${address}/api/openapi.json`, { headers: { Authorization: `Bearer ${token}` } });
    if (!response.ok) throw new PlainError(`the host answered ${response.status} instead of its OpenAPI document`);
    return await response.json();
  } finally {
    child.kill();
    await ended;
    rmSync(confdir, { recursive: true, force: true });
  }
}
