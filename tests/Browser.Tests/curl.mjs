// Real curl, the way the start output tells people to use it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findTestProgram } from '../../scripts/testPrograms.mjs';

const run = promisify(execFile);

/** Sends a request through the proxy. `endedAt` is the time of day in milliseconds at which curl had everything. */
export async function curl(mitmweb, url, ...args) {
  const format = '\n%{http_code} %{http_version}';
  const all = ['-sS', '--max-time', '20', '-x', mitmweb.proxy, '--cacert', mitmweb.caFile, '-w', format, ...args, url];
  const { stdout } = await run(findTestProgram('curl'), all, { maxBuffer: 64 * 1024 * 1024 });
  const endedAt = Date.now();
  const cut = stdout.lastIndexOf('\n');
  const [status, version] = stdout.slice(cut + 1).split(' ');
  return { status: Number(status), version, body: stdout.slice(0, cut), endedAt };
}
