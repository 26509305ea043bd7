// The servers that are asked: nginx for files, over HTTP/1.1 and HTTP/2, and a Node server for what lives long.
import { execFileSync, fork, spawn } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

// As root nginx would serve as somebody who may not read the folder.
const master = `daemon off; ${process.getuid?.() === 0 ? 'user root;' : ''}`;
const sizes = { '64k.txt': 64 * 1024, '10m.bin': 10 * 1024 * 1024, '1g.bin': 1024 * 1024 * 1024 };

/** A port that nobody uses now. */
export async function freePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until somebody listens. */
export async function listening(port, child, limit = 60_000) {
  for (const end = Date.now() + limit; Date.now() < end; await delay(20)) {
    if (child && (child.exitCode !== null || child.signalCode !== null))
      throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)));
    socket.destroy();
    if (isOpen) return;
  }
  throw new Error(`nobody listens at port ${port} after ${limit / 1000} s`);
}

/** Starts the servers; all they need is made in the folder. */
export async function startUpstream(folder, nginx, needed) {
  const certificates = makeCertificates(folder);
  const files = join(folder, 'www');
  mkdirSync(files, { recursive: true });
  makeBodies(files, needed);
  const port = await freePort();
  const temporary = join(folder, 'nginx');
  mkdirSync(temporary, { recursive: true });
  const configuration = join(temporary, 'upstream.conf');
  writeFileSync(
    configuration,
    `${master} worker_processes 1; pid ${temporary}/upstream.pid; error_log ${temporary}/error.log warn;
     events { worker_connections 16384; }
     http {
       access_log off; default_type application/octet-stream; types { application/json json; text/plain txt; }
       sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_timeout 1h; keepalive_requests 1000000000; etag off;
       open_file_cache max=100 inactive=1h; open_file_cache_valid 1h;
       ${temporaryPaths(temporary)}
       server { listen ${port} ssl http2 backlog=4096; root ${files}; ssl_certificate ${certificates.server}; ssl_certificate_key ${certificates.serverKey}; }
     }`,
  );
  const child = spawn(nginx, ['-c', configuration, '-p', temporary], { stdio: 'inherit' });
  await listening(port, child);

  const live = fork(join(import.meta.dirname, 'liveServer.mjs'), [certificates.serverKey, certificates.server]);
  const [{ port: livePort }] = await once(live, 'message');
  return {
    port,
    livePort,
    pids: [child.pid, live.pid],
    folder: files,
    certificates,
    stop() {
      child.kill();
      live.kill();
    },
  };
}

/** nginx as a proxy that ends TLS on both sides: the least that looking inside can cost. */
export function reverseProxy(folder, upstream, port) {
  const temporary = join(folder, 'reverse');
  mkdirSync(temporary, { recursive: true });
  const { certificates } = upstream;
  const pool = (name, to) =>
    `upstream ${name} { server 127.0.0.1:${to}; keepalive 600; keepalive_requests 1000000000; keepalive_timeout 1h; }`;
  const pass = (name) => `proxy_pass https://${name}; proxy_http_version 1.1; proxy_set_header Host $http_host;
    proxy_ssl_verify on; proxy_ssl_trusted_certificate ${certificates.authority}; proxy_ssl_server_name on; proxy_ssl_name localhost;`;
  const configuration = join(temporary, 'reverse.conf');
  writeFileSync(
    configuration,
    `${master} worker_processes 1; pid ${temporary}/reverse.pid; error_log ${temporary}/error.log warn;
     events { worker_connections 16384; }
     http {
       access_log off; default_type application/octet-stream; tcp_nodelay on; keepalive_timeout 1h; keepalive_requests 1000000000; proxy_max_temp_file_size 0;
       ${temporaryPaths(temporary)}
       ${pool('files', upstream.port)} ${pool('live', upstream.livePort)}
       server {
         listen ${port} ssl http2 backlog=4096; ssl_certificate ${certificates.server}; ssl_certificate_key ${certificates.serverKey};
         location / { ${pass('files')} proxy_set_header Connection ""; }
         location /events { ${pass('live')} proxy_set_header Connection ""; proxy_buffering off; }
         location /echo { ${pass('live')} proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection Upgrade; proxy_read_timeout 1h; }
       }
     }`,
  );
  return ['-c', configuration, '-p', temporary];
}

function temporaryPaths(folder) {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
}

function makeCertificates(folder) {
  const at = (name) => join(folder, name);
  const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [authority, authorityKey, server, serverKey] = ['ca.crt', 'ca.key', 'server.crt', 'server.key'].map(at);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '300'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=Benchmark CA',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
    '-keyout',
    authorityKey,
    '-out',
    authority,
  );
  const names = ['DNS:localhost', 'DNS:*.bench.test', 'IP:127.0.0.1'].join(',');
  openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', serverKey, '-out', at('server.csr'));
  writeFileSync(at('server.ext'), `basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=${names}\n`);
  openssl(
    'x509',
    '-req',
    '-days',
    '300',
    '-in',
    at('server.csr'),
    '-CA',
    authority,
    '-CAkey',
    authorityKey,
    '-CAcreateserial',
    '-extfile',
    at('server.ext'),
    '-out',
    server,
  );
  return { authority, server, serverKey };
}

/** Bodies that do not compress, the same each time. */
function makeBodies(folder, needed) {
  const filler = { id: 1, items: Array.from({ length: 28 }, (_, n) => ({ n, name: `item-${String(n).padStart(3, '0')}` })), pad: '' };
  filler.pad = 'x'.repeat(1024 - JSON.stringify(filler).length);
  writeFileSync(join(folder, '1k.json'), JSON.stringify(filler));
  for (const name of needed.filter((one) => sizes[one])) {
    const cipher = createCipheriv('aes-128-ctr', createHash('md5').update(name).digest(), Buffer.alloc(16));
    const file = join(folder, name);
    writeFileSync(file, '');
    for (let left = sizes[name]; left > 0; ) {
      const part = Math.min(left, 16 * 1024 * 1024);
      const bytes = cipher.update(Buffer.alloc(part));
      appendFileSync(file, name.endsWith('.txt') ? Buffer.from(bytes.toString('base64').slice(0, part)) : bytes);
      left -= part;
    }
  }
}
