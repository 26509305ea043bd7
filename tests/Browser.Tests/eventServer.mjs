// A server of its own process that sends an event a second to each client, with the time at which it was sent.
// Told to stop it sends no more, and answers with how many events it has sent over the streams that are open.
import { createServer } from 'node:http';

const streams = new Map();
let timer = start();

const server = createServer((_, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  streams.set(response, 0);
  send(response);
  response.on('close', () => streams.delete(response));
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address().port));

process.on('message', (message) => {
  clearInterval(timer);
  if (message === 'start') timer = start();
  else process.send([...streams.values()].reduce((sum, sent) => sum + sent, 0));
});

function start() {
  return setInterval(() => {
    for (const stream of streams.keys()) send(stream);
  }, 1000);
}

function send(stream) {
  const number = streams.get(stream) + 1;
  streams.set(stream, number);
  stream.write(`id: ${number}\ndata: ${Date.now()}\n\n`);
}
