import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openOps } from './slack.ts';

/** The accounts and channels of the trial's company. */
export const who = {
  oncall: 'U01ONCALL',
  dba: 'U01DBA',
  governor: 'U01GOVONE',
  second: 'U01GOVTWO',
  manager: 'U01MANAGER',
};
export const where = { ops: 'C01OPS', approvals: 'C01APPROVALS', leadership: 'C01LEADERSHIP' };

interface Asked {
  speed?: number;
  /** Teams as well. */
  teams?: true;
  env?: Record<string, string>;
}

/** The whole product as a process of its own, on a data folder of its own; killed and started again at will. */
export async function openShift({ speed = 20, teams, env = {} }: Asked = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'roster-walk-'));
  const [port, slackPort, teamsPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const set = {
    PORT: `${port}`,
    TRIAL_SLACK_PORT: `${slackPort}`,
    TRIAL_SPEED: `${speed}`,
    DATA_DIR: folder,
    TRIAL_PAST: 'off',
    ...(teams && { TRIAL_TEAMS_PORT: `${teamsPort}` }),
    ...env,
  };
  let app = launch(set);
  await app.onShift();
  return {
    folder,
    port,
    ops: openOps(`http://127.0.0.1:${slackPort}`),
    slackUrl: `http://127.0.0.1:${slackPort}`,
    teamsUrl: `http://127.0.0.1:${teamsPort}`,
    /** Everything the app has logged since it was last started. */
    log: () => app.lines.join('\n'),
    /** As a power cut would end it: nothing is finished, nothing said. */
    async kill() {
      app.child.kill('SIGKILL');
      await app.ended;
    },
    async start() {
      app = launch(set);
      await app.onShift();
    },
    /** Stops as an operator would, leaving the data folder. */
    async stop() {
      app.child.kill('SIGTERM');
      await app.ended;
    },
    async close() {
      app.child.kill('SIGTERM');
      await app.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Shift = Awaited<ReturnType<typeof openShift>>;

function launch(set: Record<string, string>) {
  const outside = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SLACK_|DATABASE_|REDIS_|VITEST|NODE_)/.test(name)),
  );
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { ...outside, ...set },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => void lines.push(String(data).trimEnd()));
  return { child, lines, ended: ended(child), onShift: () => onShift(child, lines) };
}

async function ended(child: ChildProcess): Promise<void> {
  await once(child, 'exit');
}

async function onShift(child: ChildProcess, lines: string[]): Promise<void> {
  const until = Date.now() + 60_000;
  while (!lines.some((line) => line.includes('is on shift'))) {
    if (child.exitCode !== null || Date.now() > until)
      throw new Error(`The app did not come on shift:\n${lines.join('\n')}`);
    await wait(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
