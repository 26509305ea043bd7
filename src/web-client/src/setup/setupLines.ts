import type { ProxyState } from '../api/types';
import { quoteText } from '../copy/shellQuote';

const loopback = /^(127\.|localhost$|::1$|\[::1\]$)/;

const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':'));

/** All addresses that clients can reach, loopback first. */
export function proxyAddresses(state: ProxyState): string[] {
  const addresses = state.listeners.filter((listener) => !listener.error).flatMap((listener) => listener.addresses);
  return [...new Set(addresses)].sort((a, b) => Number(loopback.test(hostOf(b))) - Number(loopback.test(hostOf(a))));
}

/** The address for a client: on this machine when the dashboard is open there, else the one the browser came to. */
export function addressFor(state: ProxyState, browserHost: string): string | null {
  const addresses = proxyAddresses(state);
  const same = addresses.find((address) => hostOf(address) === browserHost);
  if (same) return same;
  const isHere = loopback.test(browserHost);
  return addresses.find((address) => loopback.test(hostOf(address)) === isHere) ?? addresses[0] ?? null;
}

/** What other devices can reach. */
export const remoteAddresses = (state: ProxyState): string[] =>
  proxyAddresses(state).filter((address) => !loopback.test(hostOf(address)));

export type LineName = 'curl' | 'node' | 'python' | 'shell' | 'chromium';

export interface SetupLine {
  name: LineName;
  line: string;
}

/** One-line commands that send a first request through the proxy, with the CA trusted. */
export function terminalLines(address: string, caPath: string): SetupLine[] {
  const proxy = `http://${address}`;
  const ca = /^[\w./-]+$/.test(caPath) ? caPath : quoteText(caPath);
  return [
    { name: 'curl', line: `curl --proxy ${proxy} --cacert ${ca} https://example.com/` },
    {
      name: 'node',
      line: `NODE_USE_ENV_PROXY=1 HTTPS_PROXY=${proxy} HTTP_PROXY=${proxy} NODE_EXTRA_CA_CERTS=${ca} node app.js`,
    },
    {
      name: 'python',
      line: `HTTPS_PROXY=${proxy} HTTP_PROXY=${proxy} REQUESTS_CA_BUNDLE=${ca} SSL_CERT_FILE=${ca} python app.py`,
    },
    {
      name: 'shell',
      line: `export HTTP_PROXY=${proxy} HTTPS_PROXY=${proxy} http_proxy=${proxy} https_proxy=${proxy} SSL_CERT_FILE=${ca} NODE_EXTRA_CA_CERTS=${ca} NODE_USE_ENV_PROXY=1 REQUESTS_CA_BUNDLE=${ca} CURL_CA_BUNDLE=${ca} GIT_SSL_CAINFO=${ca} CARGO_HTTP_CAINFO=${ca} AWS_CA_BUNDLE=${ca} DENO_CERT=${ca}`,
    },
  ];
}

export function browserLines(address: string): SetupLine[] {
  return [
    {
      name: 'chromium',
      line: `google-chrome --user-data-dir="$(mktemp -d)" --no-first-run --proxy-server=http://${address} --proxy-bypass-list="<-loopback>"`,
    },
  ];
}
