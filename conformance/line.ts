import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A line to a server that can be cut, as a network does, and mended. */
export interface Line {
  /** Where to connect instead. */
  url: string;
  /** Hangs up, and on whoever comes until it is mended. */
  cut(): void;
  mend(): void;
  close(): void;
}

/** A line to `url`, on a loopback port of its own. */
export async function openLine(url: string, usualPort: number): Promise<Line> {
  const { hostname, port } = new URL(url);
  const near = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return socket.destroy();
    near.add(socket);
    const far = connect(Number(port || usualPort), hostname);
    socket.pipe(far).pipe(socket);
    socket.on('close', () => near.delete(socket) && far.destroy()).on('error', () => {});
    far.on('close', () => socket.destroy()).on('error', () => {});
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const local = new URL(url);
  local.host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  const hangUp = () => {
    for (const socket of near) socket.destroy();
  };
  return {
    url: local.href,
    cut: () => {
      isCut = true;
      hangUp();
    },
    mend: () => {
      isCut = false;
    },
    close: () => {
      server.close();
      hangUp();
    },
  };
}
