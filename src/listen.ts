// The HTTP port: whether the app lives and can work, the doors of the outside, and the operator's loopback door.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Answer, Operator } from './operator.ts';

/** Takes one request and answers it in every case. */
export type Door = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Listening {
  port: number;
  host: string;
  /** What is down; empty when able to work. */
  troubles(): Promise<string[]>;
  /** What the command line may ask of the running app, by path. */
  operator: Operator;
  /** The doors by path, or by all that begins with one that ends in a slash; undefined while starting, when whoever comes is asked to come again. */
  doors(): Record<string, Door> | undefined;
}

/** Listens until closed. Throws one sentence when the port is taken. */
export async function listen(listening: Listening): Promise<Port> {
  const token = randomBytes(24).toString('hex');
  const server = createServer((request, response) => void respond(listening, token, request, response));
  // Nobody may hold a connection open by sending slowly.
  server.requestTimeout = 30_000;
  server.listen(listening.port, listening.host);
  await once(server, 'listening').catch((error) => Promise.reject(explained(listening.port, error)));
  let file: string | undefined;
  return {
    announce: (folder) => {
      file = doorFile(folder);
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, JSON.stringify({ url: `http://127.0.0.1:${listening.port}`, token }), {
        mode: 0o600,
      });
    },
    close: async () => {
      if (file) rmSync(file, { force: true });
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Port {
  /** Leaves the operator's token in the data folder, readable by this user alone; call once the folder is ours. */
  announce(folder: string): void;
  close(): Promise<void>;
}

/** Where the command line finds the running app. */
export function doorFile(folder: string): string {
  return join(folder, 'door.json');
}

function explained(port: number, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new Error(`Port ${port} is taken by another program: stop that one, or set PORT to another port.`);
}

async function respond(
  { troubles, operator, doors }: Listening,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split('?')[0] ?? '/';
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  };
  try {
    if (request.method === 'GET' && path === '/healthz') return send(200, { alive: true });
    if (request.method === 'GET' && path === '/readyz') {
      const down = await troubles();
      return send(down.length === 0 ? 200 : 503, { ready: down.length === 0, down });
    }
    const asked = Object.hasOwn(operator, path) ? operator[path] : undefined;
    if (!asked) {
      const open = doors();
      const door = open && doorAt(open, path);
      if (door) return await door(request, response);
      if (!open && request.method === 'POST') {
        response.setHeader('retry-after', '10');
        return send(503, { error: 'Roster is still starting: send it again.' });
      }
    }
    if (request.method !== 'POST' || !asked)
      return send(404, { error: `There is no ${request.method} ${path} here.` });
    if (!mayOperate(request, token)) return send(401, { error: 'The operator token is missing or wrong.' });
    const given = await bodyOf(request);
    if (given.kind === 'wrong') return send(400, { error: given.because });
    return await answer(await asked(given.body), response, send);
  } catch (error) {
    // Of an answer that has begun nothing can be taken back: whoever reads it sees that it was cut off.
    if (response.headersSent) return void response.destroy();
    return send(500, { error: error instanceof Error ? error.message : String(error) });
  }
}

function doorAt(doors: Record<string, Door>, path: string): Door | undefined {
  const above = path.slice(0, path.lastIndexOf('/') + 1);
  return [path, above].map((one) => (Object.hasOwn(doors, one) ? doors[one] : undefined)).find(Boolean);
}

async function answer(
  answered: Answer,
  response: ServerResponse,
  send: (status: number, body: unknown) => void,
): Promise<void> {
  switch (answered.kind) {
    case 'json':
      return send(200, answered.value);
    case 'wrong':
      return send(400, { error: answered.because });
    case 'text':
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
      return pipeline(answered.text, response);
  }
}

const longestBody = 100_000;

type Body = { kind: 'body'; body: unknown } | { kind: 'wrong'; because: string };

/** The JSON that was sent; undefined when nothing was. */
async function bodyOf(request: IncomingMessage): Promise<Body> {
  let text = '';
  // Read to its end even when it is too long, so that the answer is heard.
  for await (const chunk of request.setEncoding('utf8')) if (text.length <= longestBody) text += chunk;
  if (text.length > longestBody)
    return { kind: 'wrong', because: `The body is longer than ${longestBody} characters.` };
  try {
    return { kind: 'body', body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return { kind: 'wrong', because: 'The body is not JSON.' };
  }
}

function mayOperate(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
