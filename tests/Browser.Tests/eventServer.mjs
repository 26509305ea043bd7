// A server of its own process that sends an event a second to each client, with the time at which it was sent.
import { createServer } from 'node:http';

const streams = new Set();
let number = 0;
setInterval(() => {
  number++;
  for (const stream of streams) stream.write(`id: ${number}\ndata: ${Date.now()}\n\n`);
}, 1000);

const server = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(`data: ${Date.now()}\n\n`);
  streams.add(response);
  request.on('close', () => streams.delete(response));
  response.on('close', () => streams.delete(response));
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address().port));
