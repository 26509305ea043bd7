import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A TLS connection to a server through the proxy: CONNECT, then the handshake with the proxy's certificate. */
export function openTunnel(mitmweb, { host, port, servername }, protocols = ['http/1.1']) {
  return new Promise((resolve, reject) => {
    const socket = connect(mitmweb.proxyPort, '127.0.0.1').once('error', reject);
    socket.once('connect', () => socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`));
    socket.once('data', () => {
      const tls = connectTls({ socket, servername: servername || host, ca: readFileSync(mitmweb.caFile), ALPNProtocols: protocols });
      tls.once('error', reject).once('secureConnect', () => resolve(tls));
    });
  });
}

/** One connection through the proxy, kept alive. */
export class TunnelAgent extends Agent {
  constructor(mitmweb) {
    super({ keepAlive: true, maxSockets: 1 });
    this.mitmweb = mitmweb;
  }

  createConnection(target, done) {
    openTunnel(this.mitmweb, target).then((tls) => done(null, tls), done);
  }
}
