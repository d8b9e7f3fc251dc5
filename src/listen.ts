// The HTTP port: whether the app lives and can work, and the operator's loopback door.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';

interface Listening {
  port: number;
  host: string;
  /** What is down; empty when able to work. */
  troubles(): Promise<string[]>;
  /** What the command line may ask of the running app, by path. */
  operator: Record<string, () => Promise<unknown>>;
}

/** Listens until closed. Throws one sentence when the port is taken. */
export async function listen(listening: Listening): Promise<Port> {
  const token = randomBytes(24).toString('hex');
  const server = createServer((request, response) => void respond(listening, token, request, response));
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
  { troubles, operator }: Listening,
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
    const asked = operator[path];
    if (request.method !== 'POST' || !asked)
      return send(404, { error: `There is no ${request.method} ${path} here.` });
    if (!mayOperate(request, token)) return send(401, { error: 'The operator token is missing or wrong.' });
    return send(200, await asked());
  } catch (error) {
    return send(500, { error: error instanceof Error ? error.message : String(error) });
  }
}

function mayOperate(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
