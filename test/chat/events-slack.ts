import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../wire/port.ts';

interface Asked {
  requestUrl: string;
  signingSecret: string;
  users: { id: string; name: string }[];
  channels: { id: string; name: string }[];
}

/** A local Slack that sends signed requests to `requestUrl` instead of opening a socket. */
export async function openEventsSlack({ requestUrl, signingSecret, users, channels }: Asked) {
  const folder = mkdtempSync(join(tmpdir(), 'roster-events-'));
  const bot = { appId: 'A01ROSTER', botUserId: 'U01ROSTER', botName: 'Roster' };
  const app = {
    ...bot,
    botToken: 'xoxb-events',
    appToken: 'xapp-events',
    mode: 'events',
    signingSecret,
    requestUrl,
  };
  const members = [...users.map(({ id }) => id), bot.botUserId];
  const config = {
    workspace: { name: 'Events', domain: 'events', teamId: 'T01ROSTER' },
    apps: [app],
    users: users.map((user) => ({
      ...user,
      real_name: user.name,
      email: `${user.name}@shop.example`,
      tz: 'UTC',
    })),
    channels: channels.map((channel) => ({ ...channel, members })),
  };
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const port = await freePort();
  const root = dirname(createRequire(import.meta.url).resolve('local-slack-linux-x64/package.json'));
  const args = ['--config', file, '--port', `${port}`, '--base-host', '127.0.0.1'];
  const child = spawn(join(root, 'bin', 'local-slack'), args, { cwd: folder, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await answers(url)); tries += 1) {
    if (tries > 200 || child.exitCode !== null) throw new Error('The local Slack did not start.');
    await wait(50);
  }
  const close = async () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, apiUrl: `${url}/api/`, botToken: app.botToken, close };
}

async function answers(url: string): Promise<boolean> {
  return await fetch(`${url}/_control/state`).then(
    ({ ok }) => ok,
    () => false,
  );
}
