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

/** All formats in the order of the menus, with the second key of their shortcut (the first is c). */
export const copyFormats: readonly {
  format: CopyFormat;
  key: string;
  group: 'address' | 'shell' | 'code' | 'message';
}[] = [
  { format: 'url', key: 'u', group: 'address' },
  { format: 'curl', key: 'c', group: 'shell' },
  { format: 'curlCmd', key: 'd', group: 'shell' },
  { format: 'curlPowerShell', key: 'w', group: 'shell' },
  { format: 'httpie', key: 'i', group: 'shell' },
  { format: 'fetchBrowser', key: 'f', group: 'code' },
  { format: 'fetchNode', key: 'n', group: 'code' },
  { format: 'python', key: 'p', group: 'code' },
  { format: 'csharp', key: 's', group: 'code' },
  { format: 'go', key: 'g', group: 'code' },
  { format: 'rawRequest', key: 'r', group: 'message' },
  { format: 'rawResponse', key: 'R', group: 'message' },
  { format: 'har', key: 'j', group: 'message' },
];

export const isRequestFormat = (format: CopyFormat): format is RequestFormat => format in requestFormats;
