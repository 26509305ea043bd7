// What is measured: a name, what it stands for, and how the load generator is told.
/** @typedef {{ name: string, title: string, file?: string, args: (seconds: number) => string[], isBulk?: boolean, once?: boolean, path?: string,
 *   cannot?: Record<string, string> }} Scenario `cannot`: programs that fail by their nature, and why */

const buffers = 'it gathers a response before it passes it on';
const during = (seconds) => ['-seconds', String(seconds)];

/** @type {Scenario[]} */
export const scenarios = [
  { name: '1k', title: '1 KiB, 32 kept connections, HTTP/1.1', file: '1k.json', args: (s) => ['-connections', '32', ...during(s)] },
  {
    name: '1k-h2',
    title: '1 KiB, 4 connections × 8 streams, HTTP/2',
    file: '1k.json',
    args: (s) => ['-http2', '-connections', '4', '-streams', '8', ...during(s)],
  },
  { name: '64k', title: '64 KiB, 16 kept connections', file: '64k.txt', args: (s) => ['-connections', '16', ...during(s)] },
  {
    name: 'connections',
    title: 'A new connection for each request, one host',
    file: '1k.json',
    args: (s) => ['-each', '-connections', '8', ...during(s)],
  },
  {
    name: 'hosts',
    title: 'First contact with 300 hosts',
    file: '1k.json',
    once: true,
    args: () => ['-each', '-hosts', '300', '-requests', '300', '-connections', '4', '-seconds', '120'],
  },
  { name: '10m', title: '10 MiB, 2 connections', file: '10m.bin', isBulk: true, args: (s) => ['-connections', '2', ...during(s)] },
  {
    name: '1g',
    title: '1 GiB, once',
    file: '1g.bin',
    isBulk: true,
    args: () => ['-requests', '1', '-seconds', '1', '-limit', '400'],
  },
  {
    name: 'latency',
    title: '1 KiB, 100 requests a second',
    file: '1k.json',
    args: (s) => ['-connections', '8', '-rate', '100', ...during(s)],
  },
  {
    name: 'websockets',
    title: '500 WebSockets, a message a second on each',
    path: '/echo',
    args: (s) => ['-kind', 'websocket', '-connections', '500', ...during(s + 4)],
  },
  {
    name: 'events',
    title: '500 streams of server-sent events, one a second on each',
    path: '/events',
    args: (s) => ['-kind', 'events', '-connections', '500', ...during(s + 4)],
    cannot: { mitmdump: buffers, 'mitmdump-w': buffers, mockttp: buffers },
  },
];
