import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** One connection through the proxy, kept alive. */
export class TunnelAgent extends Agent {
  constructor(host) {
    super({ keepAlive: true, maxSockets: 1 });
    this.host = host;
  }

  createConnection({ host, port, servername }, done) {
    const socket = connect(this.host.proxyPort, '127.0.0.1');
    socket.once('error', done);
    socket.once('connect', () => socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`));
    socket.once('data', () => {
      const tls = connectTls({ socket, servername: servername || host, ca: readFileSync(this.host.caFile), ALPNProtocols: ['http/1.1'] });
      tls.once('error', done).once('secureConnect', () => done(null, tls));
    });
  }
}
