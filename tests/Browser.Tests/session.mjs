// Session files to look at.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { browserTests } from '../../scripts/layout.mjs';

/** The file that MITMWEB_VIEW_SESSION names; without it one of so many generated flows, made in a folder. */
export function someSession(folder, flows) {
  if (process.env.MITMWEB_VIEW_SESSION) return process.env.MITMWEB_VIEW_SESSION;
  const session = join(folder, 'some.mitmweb');
  const generator = join(browserTests, '..', 'Benchmarks', 'bin', 'Release', 'net10.0', 'MitmWeb.Benchmarks');
  execFileSync(generator, ['generate', session, '--flows', String(flows), '--seed', '1'], { stdio: 'ignore' });
  return session;
}
