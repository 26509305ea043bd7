import { csharpProgram } from './csharp';
import { curlCommand } from './curl';
import { curlCmdCommand } from './curlCmd';
import { curlPowerShellCommand } from './curlPowerShell';
import { browserFetch, nodeFetch } from './fetch';
import { goProgram } from './go';
import { httpieCommand } from './httpie';
import { pythonRequests } from './python';
import type { SentRequest } from './sentRequest';

const each = (write: (request: SentRequest) => string) => (requests: readonly SentRequest[]) =>
  requests.map(write).join('\n\n');

/** What requests can be written as: commands and programs that send them again. */
export const requestFormats = {
  curl: each(curlCommand),
  curlCmd: each(curlCmdCommand),
  curlPowerShell: each(curlPowerShellCommand),
  fetchBrowser: browserFetch,
  fetchNode: nodeFetch,
  python: pythonRequests,
  csharp: csharpProgram,
  go: goProgram,
  httpie: each(httpieCommand),
} satisfies Record<string, (requests: readonly SentRequest[]) => string>;

export type RequestFormat = keyof typeof requestFormats;
export type CopyFormat = 'url' | RequestFormat | 'rawRequest' | 'rawResponse' | 'har';

/** All formats in the order of the menus. */
export const copyFormats: readonly {
  format: CopyFormat;
  group: 'address' | 'shell' | 'code' | 'message';
}[] = [
  { format: 'url', group: 'address' },
  { format: 'curl', group: 'shell' },
  { format: 'curlCmd', group: 'shell' },
  { format: 'curlPowerShell', group: 'shell' },
  { format: 'httpie', group: 'shell' },
  { format: 'fetchBrowser', group: 'code' },
  { format: 'fetchNode', group: 'code' },
  { format: 'python', group: 'code' },
  { format: 'csharp', group: 'code' },
  { format: 'go', group: 'code' },
  { format: 'rawRequest', group: 'message' },
  { format: 'rawResponse', group: 'message' },
  { format: 'har', group: 'message' },
];

export const isRequestFormat = (format: CopyFormat): format is RequestFormat => format in requestFormats;
