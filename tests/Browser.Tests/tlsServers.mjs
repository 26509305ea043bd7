// Servers that speak TLS in every way, well and badly: nginx for most, openssl s_server for what nginx cannot do, sockets for what is no TLS.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { findTestProgram } from '../../scripts/testPrograms.mjs';

/**
 * A server that nginx is.
 * @param {{ cert: string, chain?: string[], protocols?: string, ciphers?: string, http2?: boolean, more?: string[] }} what `cert` and `chain` are
 *   names of certificates; `more` further directives, in which `$folder` stands for the certificates' folder.
 */
export const nginx = (what) => ({ kind: 'nginx', ...what });

/** `openssl s_server` with further arguments; it answers each request with a page about the connection. */
export const sServer = (cert, ...args) => ({ kind: 's_server', cert, args });

/** A TCP server that does with a socket what it likes. */
export const raw = (handle) => ({ kind: 'raw', handle });

/** Stands before another server and lets the bytes of its answers through a function, which gets a chunk, where it begins, and both sockets. */
export const before = (server, through) => ({ kind: 'before', server, through });

/** Node's TLS server, which does with an encrypted socket what it likes. */
export const encrypted = (cert, handle, options = {}) => ({ kind: 'encrypted', cert, handle, options });

/** Node's HTTP/2 server, which refuses to speak HTTP/1.1. */
export const http2Only = (cert) => ({ kind: 'http2Only', cert });

/** Node's HTTPS server; it closes each connection after the response, and `handshakes` counts. */
export const counting = (cert) => ({ kind: 'counting', cert });

/** A port on which nobody listens. */
export const nobody = () => ({ kind: 'nobody' });

const answer = 'fine\n';

/** Starts servers and ends them. */
export class TlsServers {
  #certificates;
  #endings = [];

  constructor(certificates) {
    this.#certificates = certificates;
  }

  /** Starts all of them at once; each then has its `port`. */
  async start(servers) {
    const all = servers.flatMap((one) => (one.kind === 'before' ? [one, one.server] : [one]));
    const nginxes = all.filter((one) => one.kind === 'nginx');
    const programs = all.filter((one) => ['nginx', 's_server', 'nobody'].includes(one.kind));
    const ports = await quietPorts(programs.length);
    for (const [at, one] of programs.entries()) one.port = ports[at];
    this.#startNginx(nginxes);
    await Promise.all(all.map((one) => this.#startOne(one)));
    await Promise.all(programs.filter((one) => one.kind !== 'nobody').map((one) => reachable(one.port)));
  }

  async stop() {
    await Promise.all(this.#endings.map((end) => end()));
  }

  #startNginx(servers) {
    if (servers.length === 0) return;
    const { folder } = this.#certificates;
    const site = join(folder, 'nginx');
    mkdirSync(site);
    const blocks = servers.map(({ cert, chain = [], port, protocols = 'TLSv1.2 TLSv1.3', ciphers, http2 = false, more = [] }) => {
      const file = `${port}.pem`;
      writeFileSync(join(site, file), [cert, ...chain].map((name) => this.#certificates.read(`${name}.pem`)).join(''));
      return `server {
        listen 127.0.0.1:${port} ssl${http2 ? ' http2' : ''};
        ssl_certificate ${site}/${file}; ssl_certificate_key ${folder}/${cert}.key;
        ssl_protocols ${protocols}; ${ciphers ? `ssl_ciphers ${ciphers};` : ''}
        ${more.map((line) => `${line.replaceAll('$folder', folder)};`).join(' ')}
        location / { return 200 "${answer.trim()}\\n"; }
      }`;
    });
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${site}/${name};`);
    writeFileSync(
      join(site, 'conf'),
      `worker_processes 1; pid ${site}/pid; ${process.getuid() === 0 ? 'user root;' : ''}
      events { worker_connections 1024; }
      http { access_log off; ssl_session_tickets off; ${temporary.join(' ')} ${blocks.join('\n')} }`,
    );
    const args = ['-p', site, '-c', join(site, 'conf'), '-e', join(site, 'error.log'), '-g', 'daemon off;'];
    this.#spawn('nginx', args);
  }

  async #startOne(one) {
    switch (one.kind) {
      case 's_server': {
        const files = ['-cert', `${one.cert}.pem`, '-key', `${one.cert}.key`];
        this.#spawn('openssl', ['s_server', '-accept', `127.0.0.1:${one.port}`, ...files, '-www', '-quiet', ...one.args]);
        break;
      }
      case 'raw':
        await this.#listen(one, createServer(one.handle));
        break;
      case 'before':
        await this.#listen(
          one,
          createServer((client) => {
            const target = connect(one.server.port, '127.0.0.1');
            for (const [socket, other] of [
              [client, target],
              [target, client],
            ]) {
              socket.on('error', () => {}).once('close', () => other.destroy());
            }
            client.pipe(target);
            let at = 0;
            let turn = Promise.resolve();
            target.on('data', (chunk) => {
              const begin = at;
              at += chunk.length;
              turn = turn.then(() => one.through(chunk, begin, client));
            });
          }),
        );
        break;
      case 'encrypted':
        await this.#listen(one, createTlsServer({ ...this.#pair(one.cert), ...one.options }, one.handle));
        break;
      case 'http2Only':
        await this.#listen(
          one,
          createSecureServer(this.#pair(one.cert), (_, response) => response.end(answer)),
        );
        break;
      case 'counting': {
        one.handshakes = 0;
        const server = createHttpsServer(this.#pair(one.cert), (_, response) => response.setHeader('Connection', 'close').end(answer));
        await this.#listen(
          one,
          server.on('secureConnection', () => one.handshakes++),
        );
        break;
      }
    }
  }

  #pair(name) {
    return { key: readFileSync(this.#certificates.file(`${name}.key`)), cert: readFileSync(this.#certificates.file(`${name}.pem`)) };
  }

  async #listen(one, server) {
    const sockets = new Set();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    });
    server.on('tlsClientError', () => {}).on('secureConnection', (socket) => socket.on('error', () => {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    one.port = server.address().port;
    this.#endings.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
  }

  #spawn(program, args) {
    const { folder, opensslConf } = this.#certificates;
    const env = { ...process.env, OPENSSL_CONF: opensslConf };
    const child = spawn(findTestProgram(program), args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    const ended = once(child, 'exit');
    let isStopping = false;
    ended.then(([code]) => isStopping || console.error(`${program} ended with ${code}: ${errors}`));
    this.#endings.push(async () => {
      isStopping = true;
      if (child.exitCode === null) child.kill();
      await ended;
    });
  }
}

/** Ports that are free, below those that the system gives to outgoing connections: there they stay free until a program takes them. */
async function quietPorts(count) {
  const held = [];
  while (held.length < count) {
    const server = createServer().listen(10_240 + Math.floor(Math.random() * 22_000), '127.0.0.1');
    const isFree = await new Promise((resolve) => server.once('listening', () => resolve(true)).once('error', () => resolve(false)));
    if (isFree) held.push(server);
  }
  const ports = held.map((server) => server.address().port);
  await Promise.all(held.map((server) => once(server.close(), 'close')));
  return ports;
}

async function reachable(port) {
  for (let tries = 0; tries < 800; tries++) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await new Promise((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)));
    socket.destroy();
    if (isUp) return;
    await delay(25);
  }
  throw new Error(`nobody listens on ${port}`);
}
