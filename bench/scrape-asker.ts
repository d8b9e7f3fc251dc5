// The process that asks: every 20 ms, whether or not the question before was answered. `scrape-asker.ts PORT`.
import { Agent, request } from 'node:http';

const everyMs = 20;
const port = process.argv[2];
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const took: number[] = [];
let open = 0;

function ask(): void {
  const began = performance.now();
  open += 1;
  const asked = request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/' }, (answer) => {
    answer.resume().once('end', () => {
      took.push(performance.now() - began);
      open -= 1;
    });
  });
  asked.end('{"type":"event_callback"}');
}

const asking = setInterval(ask, everyMs);
process.send?.('begun');
process.once('message', () => {
  clearInterval(asking);
  const telling = setInterval(() => {
    if (open > 0) return;
    clearInterval(telling);
    process.send?.(took);
  }, everyMs);
});
