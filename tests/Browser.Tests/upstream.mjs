// A real TLS server: nginx with a CA of its own, once with HTTP/1.1 only and once with HTTP/2.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findTestProgram } from '../../scripts/testPrograms.mjs';

export const users = { users: [{ id: 1, name: 'Ada Lovelace', roles: ['admin', 'author'] }], total: 1, next: null };

// A 2 × 2 PNG.
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxAADTAwMDAwAESMBBZi3QYkAAAAASUVORK5CYII=',
  'base64',
);

/** Starts nginx in a folder. Its names are localhost and 127.0.0.1; `caFile` is what a client has to trust. */
export async function startUpstream(folder) {
  const site = join(folder, 'site');
  mkdirSync(site, { recursive: true });
  makeCertificates(folder);
  writeFileSync(join(site, 'users.json'), JSON.stringify(users));
  writeFileSync(join(site, 'pixel.png'), png);
  writeFileSync(join(site, 'style.css'), 'body { color: rebeccapurple }\n');
  writeFileSync(join(site, 'script.js'), "fetch('users.json').then(r => r.json()).then(d => { document.title = d.users[0].name })\n");
  writeFileSync(
    join(site, 'index.html'),
    '<!doctype html><title>loading</title><link rel=icon href=data:,><link rel=stylesheet href=style.css><img src=pixel.png alt=""><p>It works</p><script src=script.js></script>\n',
  );
  const [h1, h2, plain] = await freePorts(3);
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, site, { h1, h2, plain }));

  const nginx = findTestProgram('nginx');
  if (!nginx) throw new Error('nginx is not installed');
  const child = spawn(nginx, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log'), '-g', 'daemon off;'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const port of [h1, h2, plain]) await reachable(port, child);
  return {
    folder,
    site,
    caFile: join(folder, 'upstream-ca.pem'),
    http1: `https://localhost:${h1}`,
    http2: `https://localhost:${h2}`,
    plain: `http://localhost:${plain}`,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGQUIT');
      await ended;
    },
  };
}

function configuration(folder, site, ports) {
  const server = (listen) => `
  server {
    ${listen}
    server_name localhost;
    root ${site};
    location /echo { default_type application/json; return 200 '{"method":"$request_method","agent":"$http_user_agent"}'; }
    location /gone { return 410; }
    location /upload/ { root ${folder}; dav_methods PUT; client_max_body_size 0; create_full_put_path on; }
  }`;
  const tls = `ssl_certificate ${folder}/server.pem; ssl_certificate_key ${folder}/server.key;`;
  return `
worker_processes 1;
pid ${folder}/nginx.pid;
${process.getuid() === 0 ? 'user root;' : ''}
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  gzip on; gzip_types application/json; gzip_min_length 20;
  types { text/html html; application/json json; image/png png; text/css css; text/javascript js; }
  ${server(`listen 127.0.0.1:${ports.h1} ssl; ${tls}`)}
  ${server(`listen 127.0.0.1:${ports.h2} ssl http2; ${tls}`)}
  ${server(`listen 127.0.0.1:${ports.plain};`)}
}
`;
}

/** A CA (`upstream-ca.pem`) and a certificate of it for localhost (`server.pem`, `server.key`). */
export function makeCertificates(folder) {
  const openssl = (...args) => execFileSync(findTestProgram('openssl'), args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...ec, '-keyout', 'upstream-ca.key', '-out', 'upstream-ca.pem', '-days', '30', '-subj', '/CN=Upstream test CA');
  openssl('req', ...ec, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(join(folder, 'server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  const ca = ['-CA', 'upstream-ca.pem', '-CAkey', 'upstream-ca.key', '-CAcreateserial'];
  openssl('x509', '-req', '-in', 'server.csr', ...ca, '-out', 'server.pem', '-days', '20', '-extfile', 'server.ext');
}

/** Ports that nobody listens on right now. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function reachable(port, child) {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const connected = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await delay(25);
  }
  throw new Error(`nginx does not listen on ${port}`);
}
