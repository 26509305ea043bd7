// What nginx does not do: WebSockets that echo, and server-sent events with the time of sending. Told its key and certificate by its arguments.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [key, cert] = process.argv.slice(2).map((file) => readFileSync(file));

const server = createServer({ key, cert }, (_, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  // Each at its own moment of the second: hundreds at one moment would measure how long a queue is.
  const timer = setInterval(() => response.write(`data: ${Date.now()}\n\n`), 1000);
  response.on('close', () => clearInterval(timer));
});

server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.setNoDelay(true).on('error', () => {});
  let waiting = Buffer.alloc(0);
  socket.on('data', (data) => {
    waiting = Buffer.concat([waiting, data]);
    // The load sends frames of 14 bytes: the head, the mask, eight bytes of text. Proxies may mask them anew.
    for (; waiting.length >= 14; waiting = waiting.subarray(14)) {
      if (waiting.readUInt16BE() !== 0x8188) {
        socket.destroy();
        return;
      }
      const text = waiting.subarray(6, 14).map((byte, i) => byte ^ waiting[2 + (i % 4)]);
      socket.write(Buffer.concat([Buffer.from([0x81, 8]), text]));
    }
  });
});

server.listen(0, () => process.send({ port: server.address().port }));
