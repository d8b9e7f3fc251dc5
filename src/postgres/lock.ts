import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Lock = { kind: 'held'; release(): void } | { kind: 'taken'; because: string };

/**
 * Holds `folder` (a real path) for this process. Two processes on one embedded database lose data
 * silently. The lock is a listening socket named after the path: the kernel lets one process listen and
 * closes it with the process, so `kill -9` leaves nothing that still answers.
 */
export async function lockFolder(folder: string): Promise<Lock> {
  const address = socketFor(folder);
  const server = (await listenOn(address)) ?? (await takeOver(address));
  if (server) return { kind: 'held', release: () => server.close() };
  return {
    kind: 'taken',
    because: `The data folder ${folder} is open in another running process: stop that one, or set DATA_DIR to another folder.`,
  };
}

/** On Linux a name without a file, elsewhere a file that a crash leaves behind. */
function socketFor(folder: string): string {
  const name = `roster-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`;
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function listenOn(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server.unref()));
  });
}

/** Where a crash leaves the socket's file behind, a file that no longer answers is removed. */
async function takeOver(address: string): Promise<Server | undefined> {
  if (!address.startsWith('/') || (await answers(address))) return undefined;
  rmSync(address, { force: true });
  return listenOn(address);
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
