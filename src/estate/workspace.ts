import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

export interface Cast {
  people: { id: string; account: string; name: string; realName: string; email: string }[];
  channels: { id: string; name: string; members: string[] }[];
}

interface Asked extends Cast {
  /** Keeps the configuration, the log and the process id; the next open with it takes up what still runs. */
  folder: string;
  /** 0: any free one, or the one that is running. */
  port: number;
  log: { info(message: string): void };
}

export interface Workspace {
  kind: 'workspace';
  /** For the browser; `/archives/<channel>` after it opens a channel. */
  url: string;
  apiUrl: string;
  botToken: string;
  appToken: string;
  bot: string;
  /** Taken up from an earlier start, with its messages. */
  adopted: boolean;
  pid: number;
  close(): Promise<void>;
}

type Opened = Workspace | { kind: 'refused'; because: string };

const app = {
  appId: 'A01ROSTER',
  botUserId: 'U01ROSTER',
  botName: 'Roster',
  botToken: 'xoxb-roster-trial',
  appToken: 'xapp-roster-trial',
  mode: 'socket',
};
const team = { name: 'Roster trial', domain: 'roster-trial', teamId: 'T01ROSTER' };

/**
 * Opens the trial's local Slack: takes up the one an earlier start in `folder` left running, else starts one
 * that outlives this process, so that a crash loses no conversation. `close` ends it.
 */
export async function openWorkspace(asked: Asked): Promise<Opened> {
  const binary = findBinary();
  if (!binary)
    return {
      kind: 'refused',
      because:
        'The trial needs its local Slack (the package local-slack-linux-x64, Linux x64 only): elsewhere, set SLACK_BOT_TOKEN and SLACK_APP_TOKEN in .env to use a real Slack workspace.',
    };
  const folder = resolve(asked.folder);
  mkdirSync(folder, { recursive: true });
  const left = await findLeft(folder, binary);
  if (left) {
    if (await suits(left, folder, asked)) return workspaceOf(folder, left, binary, true);
    asked.log.info('The local Slack that was running is another one than asked for, so it is replaced.');
    await end(left.pid, folder, binary);
  }
  const port = asked.port === 0 ? await freePort() : asked.port;
  if (!(await isFree(port)))
    return {
      kind: 'refused',
      because: `Port ${port}, wanted for the trial's local Slack, is taken by another program: stop that one, or set TRIAL_SLACK_PORT to another.`,
    };
  return await start(folder, port, asked, binary);
}

function findBinary(): string | undefined {
  try {
    const binary = join(
      dirname(createRequire(import.meta.url).resolve('local-slack-linux-x64/package.json')),
      'bin',
      'local-slack',
    );
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** Whether what was left running has these people and channels, at this port, and answers. */
async function suits(left: Running, folder: string, asked: Asked): Promise<boolean> {
  if (asked.port !== 0 && asked.port !== left.port) return false;
  if (readFileSync(configIn(folder), 'utf8') !== configOf(asked)) return false;
  return await answers(left.port);
}

const configIn = (folder: string) => join(folder, 'workspace-config.json');

async function start(folder: string, port: number, cast: Cast, binary: string): Promise<Opened> {
  writeFileSync(configIn(folder), configOf(cast));
  const output = openSync(join(folder, 'workspace.log'), 'a');
  const args = ['--config', configIn(folder), '--port', String(port), '--base-host', '127.0.0.1'];
  const child = spawn(binary, args, { cwd: folder, detached: true, stdio: ['ignore', output, output] });
  child.unref();
  closeSync(output);
  const running = { pid: child.pid ?? 0, port };
  if (child.pid) writeFileSync(join(folder, 'workspace.json'), JSON.stringify(running));
  const failed = await untilUp(child, port);
  if (!failed) return workspaceOf(folder, running, binary, false);
  if (child.pid) await end(child.pid, folder, binary);
  return {
    kind: 'refused',
    because: `The trial's local Slack did not start on port ${port}: ${failed} Its output is in ${join(folder, 'workspace.log')}.`,
  };
}

/** Why it does not come up, as a sentence; undefined once it answers as asked. */
async function untilUp(child: ChildProcess, port: number): Promise<string | undefined> {
  let failed: string | undefined;
  child.once('error', (error) => {
    failed = `${error.message}.`;
  });
  for (let tries = 0; tries < 200 && !failed; tries += 1) {
    if (await answers(port)) return undefined;
    if (child.exitCode !== null) failed = `it ended with code ${child.exitCode}.`;
    await wait(50);
  }
  return failed ?? 'it did not answer within 10 s.';
}

/** Its configuration file: JSON, which it reads as well as YAML. */
function configOf({ people, channels }: Cast): string {
  const users = people.map(({ account, name, realName, email }) => ({
    id: account,
    name,
    real_name: realName,
    email,
    tz: 'UTC',
  }));
  const rooms = channels.map(({ id, name, members }) => ({ id, name, members: [...members, app.botUserId] }));
  return JSON.stringify({ workspace: team, apps: [app], users, channels: rooms }, undefined, 2);
}

const state = z.object({ workspace: z.object({ teamId: z.string() }) });

/** Whether a local Slack of ours answers at `port`. */
async function answers(port: number): Promise<boolean> {
  try {
    const at = `http://127.0.0.1:${port}/_control/state`;
    const answer = await fetch(at, { signal: AbortSignal.timeout(2_000) });
    return state.parse(await answer.json()).workspace.teamId === team.teamId;
  } catch {
    return false;
  }
}

const leftBehind = z.object({ pid: z.number().int().positive(), port: z.number().int().positive() });
type Running = z.infer<typeof leftBehind>;

/** What an earlier start in this folder left running: the stored process, if it still is that program with our configuration. */
async function findLeft(folder: string, binary: string): Promise<Running | undefined> {
  try {
    const left = leftBehind.parse(JSON.parse(readFileSync(join(folder, 'workspace.json'), 'utf8')));
    return isOurs(left.pid, folder, binary) ? left : undefined;
  } catch {
    return undefined;
  }
}

/** A process id is given to other programs in time: only one with our command line is ours. */
function isOurs(pid: number, folder: string, binary: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return words[0] === binary && words.includes(configIn(folder));
  } catch {
    return false;
  }
}

async function end(pid: number, folder: string, binary: string): Promise<void> {
  for (let tries = 0; tries < 100 && isOurs(pid, folder, binary); tries += 1) {
    try {
      process.kill(pid, tries < 60 ? 'SIGTERM' : 'SIGKILL');
    } catch {
      break; // it ended in between
    }
    await wait(50);
  }
  rmSync(join(folder, 'workspace.json'), { force: true });
}

function workspaceOf(folder: string, { pid, port }: Running, binary: string, adopted: boolean): Workspace {
  const url = `http://127.0.0.1:${port}`;
  const close = () => end(pid, folder, binary);
  return {
    kind: 'workspace',
    url,
    apiUrl: `${url}/api/`,
    botToken: app.botToken,
    appToken: app.appToken,
    bot: app.botUserId,
    adopted,
    pid,
    close,
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(false));
    server.listen({ port, exclusive: true }, () => server.close(() => answer(true)));
  });
}

function freePort(): Promise<number> {
  return new Promise((answer, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() => answer(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
