import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the company's systems see it: no sockets. */
export interface Request {
  method: string;
  /** Below the system's own base path. */
  path: string;
  /** What the address asks, and for a form what the body says. */
  params: URLSearchParams;
  body: string;
  authorization: string | undefined;
}

export interface Answer {
  status: number;
  body: string;
  type: 'application/json' | 'text/plain; charset=utf-8';
  headers?: Record<string, string>;
}

type System = (request: Request) => Answer | Promise<Answer>;

const mostBytes = 1_000_000;

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { status, body: JSON.stringify(body), type: 'application/json', headers };
}

export function text(status: number, body: string): Answer {
  return { status, body, type: 'text/plain; charset=utf-8' };
}

/** Serves each system under its own base path (`/name/…`) on loopback; port 0 takes any that is free. Throws when taken. */
export async function serve(
  port: number,
  systems: Record<string, System>,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    answer(incoming, systems).then(
      (said) => send(outgoing, said),
      (error: Error) => send(outgoing, text(500, `${error.message}\n`)),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function answer(incoming: IncomingMessage, systems: Record<string, System>): Promise<Answer> {
  const url = URL.parse(`http://estate${incoming.url}`);
  const [, name = '', rest = ''] = /^\/([a-z]+)(\/.*)?$/.exec(url?.pathname ?? '') ?? [];
  const system = Object.hasOwn(systems, name) ? systems[name] : undefined;
  if (!url || !system) return text(404, '404 page not found\n');
  const body = await read(incoming);
  if (body === undefined) return text(413, 'request body too large\n');
  const form = incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const params = new URLSearchParams([...url.searchParams, ...(form ? new URLSearchParams(body) : [])]);
  return system({
    method: incoming.method ?? '',
    path: rest,
    params,
    body,
    authorization: incoming.headers.authorization,
  });
}

/** The whole body, or undefined when it is too much; the rest is then read and dropped. */
async function read(incoming: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming) {
    bytes += part.length;
    if (bytes <= mostBytes) parts.push(part);
  }
  return bytes <= mostBytes ? Buffer.concat(parts).toString('utf8') : undefined;
}

function send(outgoing: ServerResponse, { status, body, type, headers }: Answer): void {
  outgoing.writeHead(status, { 'content-type': type, ...headers });
  outgoing.end(body);
}
