// What somebody in chat feels while this process is busy: a small HTTP server here that acknowledges, asked every 20 ms
// from a process of its own. Not a chat surface.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asking {
  /** Ends it: how long each answer took, in milliseconds. */
  stop(): Promise<number[]>;
}

/** Asks until it is stopped. */
export async function startAsking(): Promise<Asking> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
  });
  // A connection that the server closes while it is asked on would be an answer that nobody gave.
  server.keepAliveTimeout = 0;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const asker = fork(new URL('./scrape-asker.ts', import.meta.url), [String(port)]);
  await once(asker, 'message');
  return {
    stop: async () => {
      const told = once(asker, 'message');
      asker.send('stop');
      const [took] = (await told) as [number[]];
      asker.disconnect();
      server.closeAllConnections();
      server.close();
      return took;
    },
  };
}
