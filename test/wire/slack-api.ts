import { once } from 'node:events';
import { createServer } from 'node:http';

interface Call {
  method: string;
  args: Record<string, string>;
}

type Answer = { status?: number; headers?: Record<string, string>; body: unknown };

/** Slack's Web API at the wire, answering as told: for what the trial's Slack never says (limits, refusals). */
export async function openSlackApi(answer: (call: Call, times: number) => Answer | 'hang up') {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    const method = request.url?.replace('/api/', '') ?? '';
    const call = { method, args: Object.fromEntries(new URLSearchParams(text)) };
    calls.push(call);
    const given = answer(call, calls.filter((one) => one.method === method).length);
    if (given === 'hang up') return void request.socket.destroy();
    response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers });
    response.end(JSON.stringify(given.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = () => new Promise<void>((done) => server.close(() => done()));
  return { apiUrl: `http://127.0.0.1:${port}/api/`, calls, close };
}
