// A real VictoriaMetrics for a bench: Debian's, on loopback, in a folder that is gone afterwards. And what reading it
// costs at the least: fetch, JSON.parse and a walk.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const program = 'victoria-metrics';

/** Whether it is installed. */
export function hasVictoria(): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts one; `afterwards` ends it by its process id and removes its folder. Throws when it does not answer in 20 s. */
export async function startVictoria(afterwards: (undo: () => unknown) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'roster-bench-'));
  afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [`-storageDataPath=${folder}`, `-httpListenAddr=127.0.0.1:${port}`, '-retentionPeriod=1'];
  const child = spawn(program, args, { stdio: 'ignore' });
  afterwards(() => end(child));
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await fetch(`${url}/health`).catch(() => undefined))?.ok) return url;
    await setTimeout(100);
  }
  throw new Error(`${program} did not answer within 20 s.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Puts every series of a fleet into it in a process of its own, so that this one's memory is what the product takes; they can be read when this resolves. */
export async function fill(url: string, servers: number, first: number, minutes: number): Promise<void> {
  const child = fork(
    new URL('./scrape-fill.ts', import.meta.url),
    [url, servers, first, minutes].map(String),
  );
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The history could not be imported.');
}

/** Milliseconds for the least there is to do by instant queries, three at once: fetch, JSON.parse, walk. */
export async function bareInstant(url: string, queries: string[], at: Date): Promise<number> {
  const began = performance.now();
  const waiting = [...queries];
  let sum = 0;
  const each = async () => {
    for (let query = waiting.shift(); query !== undefined; query = waiting.shift()) {
      const asked = new URLSearchParams({ query, time: String(at.getTime() / 1_000), nocache: '1' });
      const answer = await (await fetch(`${url}/api/v1/query?${asked}`)).text();
      const { data } = JSON.parse(answer) as { data: { result: { value: [number, string] }[] } };
      for (const { value } of data.result) sum += Number(value[1]);
    }
  };
  await Promise.all([each(), each(), each()]);
  if (!(sum > 0)) throw new Error('Nothing was read.');
  return performance.now() - began;
}
