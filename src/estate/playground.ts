import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';

/** Somebody in the playground; `id` is their directory id, by which people are told apart. */
interface Player {
  id: string;
  name: string;
  email: string;
}

interface Asked {
  folder: string;
  port: number;
  /** Where Roster hears Teams. */
  endpoint: string;
  /** The first is who acts in the browser. */
  people: Player[];
  /** It has no more rooms than these: its team's General, one channel and one group chat. */
  rooms: Record<'general' | 'channel' | 'chat', { id: string; name: string }>;
}

export interface Playground {
  kind: 'playground';
  url: string;
  /** How its channels are reached without anybody having spoken. */
  serviceUrl: string;
  tenant: string;
  bot: string;
  /** When somebody has opened it in a browser; what is posted while its page loads, the page loses. */
  opened: Promise<void>;
  close(): Promise<void>;
}

type Opened = Playground | { kind: 'refused'; because: string };

const tenant = '00000000-0000-4000-8000-000000000001';
const bot = '28:roster';

/**
 * Opens Microsoft's playground for Teams, which plays the client and the platform in a browser. It ends with this
 * process; what was said in it is gone then.
 */
export async function openPlayground(asked: Asked): Promise<Opened> {
  const program = findProgram();
  if (!program)
    return {
      kind: 'refused',
      because:
        'The Teams trial needs the package @microsoft/m365agentsplayground, which is optional and is not installed: run "npm install" again, or use "npm start" for the trial in Slack alone.',
    };
  const { child, log, output } = launch(program, asked);
  const lives = () => child.exitCode === null && child.signalCode === null;
  const url = `http://127.0.0.1:${asked.port}`;
  const close = async () => void child.kill();
  const end = Date.now() + 30_000;
  await reads(log, 'Listening on', () => lives() && Date.now() < end);
  // Where another program has the port it takes any other, unasked, and that program would answer for it.
  if (lives() && textOf(log).includes(`Listening on ${asked.port}`) && (await answers(url, lives))) {
    // It calls nobody when its page is opened.
    const opened = reads(log, 'Events recording', lives);
    return { kind: 'playground', url, serviceUrl: serviceUrlOf(asked), tenant, bot, opened, close };
  }
  await close();
  return {
    kind: 'refused',
    because: `The Teams playground did not start on port ${asked.port}: set TRIAL_TEAMS_PORT to another. Its output is in ${output}.`,
  };
}

function launch(program: string, asked: Asked) {
  const folder = resolve(asked.folder);
  mkdirSync(folder, { recursive: true });
  const [config, variables, output, log] = [
    'playground.yml',
    'playground.env',
    'playground.log',
    'playground-http.log',
  ].map((name) => join(folder, name)) as [string, string, string, string];
  writeFileSync(config, stringify(configOf(asked)));
  writeFileSync(
    variables,
    `TEAMSAPPTESTER_BROWSER=none\nM365_AGENTS_PLAYGROUND_CONFIG_PATH=${config}\nM365_AGENTS_PLAYGROUND_LOGFILE=${log}\n`,
  );
  rmSync(log, { force: true });
  const written = openSync(output, 'a');
  const child = spawn(
    process.execPath,
    [
      ...[`--env-file=${variables}`, '--import', new URL('./loopback.ts', import.meta.url).href, program],
      ...['-e', asked.endpoint, '-c', 'msteams', '--dt', '-p', String(asked.port)],
      ...['--su', serviceUrlOf(asked)],
    ],
    {
      cwd: folder,
      // It ends when its input does: with us, however we end.
      stdio: ['pipe', written, written],
    },
  );
  closeSync(written);
  return { child, log, output };
}

function serviceUrlOf({ port }: Asked): string {
  return `http://127.0.0.1:${port}/_connector`;
}

function findProgram(): string | undefined {
  try {
    const found = createRequire(import.meta.url).resolve('@microsoft/m365agentsplayground/package.json');
    const program = join(dirname(found), 'cli.js');
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** The playground wants five people besides the one who acts; Roster does not know this one. */
const stranger: Player = {
  id: '00000000-0000-4000-8000-000000000199',
  name: 'Nico Newcomer',
  email: 'newcomer@fernwood.example',
};

/** In the form of the playground's configuration file. */
function configOf({ people, rooms: { general, channel, chat } }: Asked) {
  const [first, ...others] = [...people, stranger].map(({ id, name, email }) => {
    const [givenName = name, surname = ''] = name.split(' ');
    return { id: `29:${id}`, aadObjectId: id, name, userPrincipleName: email, givenName, surname, email };
  });
  return {
    version: '0.1.1',
    tenantId: tenant,
    bot: { id: bot, name: 'Roster' },
    currentUser: first,
    users: others,
    personalChat: { id: 'a:personal' },
    groupChat: chat,
    // General bears the id of its team, as it does in Teams.
    team: { ...general, aadGroupId: '00000000-0000-4000-8000-000000000002', channels: [channel] },
  };
}

/** Waits until `words` stand in its log, or it lives no longer. */
async function reads(log: string, words: string, lives: () => boolean): Promise<void> {
  while (lives() && !textOf(log).includes(words)) await wait(250);
}

function textOf(log: string): string {
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
}

async function answers(url: string, lives: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 120 && lives(); tries += 1) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return true;
    await wait(250);
  }
  return false;
}
