import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openWorkspace } from '../../src/estate/workspace.ts';
import { cast, haveLocalSlack, openTrialSlack } from '../chat/trial-slack.ts';
import { openOps } from '../walks/slack.ts';

const state = z.object({
  users: z.array(z.object({ real_name: z.string() })),
  channels: z.array(z.object({ members: z.array(z.string()) })),
});

describe.skipIf(!haveLocalSlack)('the trial’s Slack', () => {
  let slack: Awaited<ReturnType<typeof openTrialSlack>>;
  const said: string[] = [];
  const reopen = (more: object = {}) =>
    openWorkspace({
      folder: slack.folder,
      port: 0,
      ...cast,
      log: { info: (line) => void said.push(line) },
      ...more,
    });
  beforeEach(async () => {
    said.length = 0;
    slack = await openTrialSlack();
  });
  afterEach(() => slack.close());

  test('has the people and channels it was given, and the app in every channel', async () => {
    const { users, channels } = state.parse(await (await fetch(`${slack.url}/_control/state`)).json());
    expect(users.map((one) => one.real_name)).toEqual(['Roster', 'Maria Silva', 'Dan Ito']);
    expect(channels.map((one) => one.members)).toEqual([
      ['U01MARIA', 'U02DAN', slack.bot],
      ['U01MARIA', slack.bot],
    ]);
  });

  test('still running, it is taken up with what was said', async () => {
    const ops = openOps(slack.url);
    await ops.post({ channel: 'C01OPS', user: 'U01MARIA', text: 'hello' });
    const again = await reopen({ port: Number(new URL(slack.url).port) });
    expect(again).toMatchObject({ kind: 'workspace', adopted: true, pid: slack.pid, url: slack.url });
    const kept = await (await fetch(`${slack.url}/_control/messages/C01OPS`)).json();
    expect(kept).toMatchObject({ messages: [{ text: 'hello' }] });
  });

  test('with other people, it is replaced', async () => {
    const again = await reopen({ people: cast.people.slice(0, 1) });
    expect(again).toMatchObject({ kind: 'workspace', adopted: false });
    expect(said).toEqual([expect.stringContaining('replaced')]);
    expect(existsSync(`/proc/${slack.pid}`)).toBe(false);
    if (again.kind === 'workspace') await again.close();
  });

  test('killed, it is started anew', async () => {
    process.kill(slack.pid, 'SIGKILL');
    await expect.poll(() => existsSync(`/proc/${slack.pid}/exe`)).toBe(false);
    const again = await reopen();
    expect(again).toMatchObject({ kind: 'workspace', adopted: false });
    if (again.kind === 'workspace') await again.close();
  });

  test('a stored process id that went to another program is left alone', async () => {
    await slack.leave();
    const other = spawn('sleep', ['60']);
    writeFileSync(join(slack.folder, 'workspace.json'), JSON.stringify({ pid: other.pid, port: 4100 }));
    const again = await reopen();
    expect(again).toMatchObject({ kind: 'workspace', adopted: false });
    if (again.kind === 'workspace') await again.close();
    expect(other.exitCode).toBeNull();
    other.kill();
  });

  test('a port that is taken is named, and nothing is started', async () => {
    await slack.leave();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect(await reopen({ port })).toEqual({
      kind: 'refused',
      because: `Port ${port}, wanted for the trial's local Slack, is taken by another program: stop that one, or set TRIAL_SLACK_PORT to another.`,
    });
    expect(existsSync(join(slack.folder, 'workspace.json'))).toBe(false);
    server.close();
  });

  test('closed, it is gone', async () => {
    await slack.leave();
    expect(existsSync(`/proc/${slack.pid}/exe`)).toBe(false);
    await expect(fetch(slack.url)).rejects.toThrow();
    expect(readFileSync(join(slack.folder, 'workspace.log'), 'utf8')).toContain('local-slack is running');
  });
});
