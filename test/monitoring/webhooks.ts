import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const token = 'a token for senders';

/** What others send, recorded. */
export function recorded(name: string): ReturnType<typeof JSON.parse> {
  return JSON.parse(readFileSync(`test/recorded/${name}.json`, 'utf8'));
}

/** A door on a port of its own. */
export async function openPort(door: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
  const server = createServer((request, response) => void door(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = async (body: unknown, headers: Record<string, string> = {}, method = 'POST') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const usual = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(url, {
      method,
      headers: { ...usual, ...headers },
      ...(method === 'POST' && { body: text }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url, send, close };
}
