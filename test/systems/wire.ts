import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  method: string;
  path: string;
  params: URLSearchParams;
  body: string;
  authorization: string | undefined;
}

interface Said {
  status?: number;
  /** Sent as it is when a string, else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

type Answered = Said | 'silence' | 'lost';

/**
 * A system outside, at the wire: answers as told (or never, for 'silence'; or breaks the connection off, for 'lost'),
 * and keeps what it was asked.
 */
export async function openWire(answer: (seen: Seen) => Answered | Promise<Answered>) {
  const seen: Seen[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '', 'http://wire');
    let body = '';
    for await (const part of incoming) body += part;
    const { method = '', headers } = incoming;
    const one = {
      method,
      path: url.pathname,
      params: url.searchParams,
      body,
      authorization: headers.authorization,
    };
    seen.push(one);
    const said = await answer(one);
    if (said === 'silence') return;
    if (said === 'lost') return void outgoing.destroy();
    outgoing.writeHead(said.status ?? 200, said.headers);
    outgoing.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}
