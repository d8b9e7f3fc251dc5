import { join } from 'node:path';
import type { Notes } from '../audit/notes.ts';
import type { Byline, Card } from '../chat/card.ts';
import type { Places } from '../people/people.ts';
import type { Db } from '../postgres/database.ts';
import { wishesSchema } from '../records/wishes.ts';
import type { Command } from '../workers/command.ts';
import { cast, channels, people } from './cast.ts';
import { awake } from './company.ts';
import { type Estate, openEstate } from './estate.ts';
import { project } from './jira.ts';
import type { Broken } from './keeper.ts';
import { openPlayground, type Playground } from './playground.ts';
import { type Cast, openWorkspace, type Workspace } from './workspace.ts';

interface Wanted {
  db: Db;
  notes: Notes;
  folder: string;
  /** The port of the local Slack; 0 for any. */
  port: number;
  /** Teams as well: the playground's port, and where Roster hears it. */
  teams?: { port: number; endpoint: string };
  speed: number;
  /** Where Roster's own pictures are fetched. */
  publicUrl: string;
  now(): Date;
  log: { info(message: string): void };
}

/** How the company wants its change records. */
const wishes = wishesSchema.parse({ jira: { project } });

/** Slack, company and people of a trial. Throws one sentence when the local Slack is not to be had. */
export async function openTrial(wanted: Wanted) {
  const workspace = await openWorkspace({
    ...castFor(),
    folder: join(wanted.folder, 'slack'),
    port: wanted.port,
    log: wanted.log,
  });
  if (workspace.kind === 'refused') throw new Error(workspace.because);
  const { db, now, speed } = wanted;
  const playground = wanted.teams && (await playgroundFor(wanted, wanted.teams, workspace));
  const estate = await openEstate({ db, now, speed, token: 'estate-awx-token' });
  let firstFault: NodeJS.Timeout | undefined;
  let closing = false;
  return {
    kind: 'trial' as const,
    slack: {
      botToken: workspace.botToken,
      mode: { kind: 'socket' as const, appToken: workspace.appToken },
      apiUrl: workspace.apiUrl,
    },
    ...(playground && { teams: { known: waysTo(playground) } }),
    prometheus: { url: estate.prometheusUrl },
    loki: { url: estate.lokiUrl },
    jaeger: { url: estate.jaegerUrl },
    awx: { url: estate.awxUrl, token: estate.awxToken },
    keepers: {
      servicenow: { access: estate.serviceNow, wishes: wishes.servicenow },
      ...(wishes.jira && { jira: { access: estate.jira, wishes: wishes.jira } }),
    },
    people,
    places: placesOf(playground !== undefined),
    inventory: awake(estate.inventory, new Date()),
    pace: {
      ...{ cycleMs: 5_000 / speed, verifyMs: 45_000 / speed },
      ...{ lookAgainMs: 500 / speed, askNextMs: 120_000 / speed },
      fileMs: 1_800_000 / speed,
    },
    publicUrl: wanted.publicUrl,
    commands: [breakCommand(estate, wanted)],
    workspace,
    estate,
    ready: () => {
      tellHow(workspace, playground, wanted);
      const later = () => setTimeout(() => void estate.startFirstFault(now()), 15_000 / speed);
      void (playground?.opened ?? Promise.resolve()).then(() => {
        if (!closing) firstFault = later();
      });
    },
    close: async () => {
      closing = true;
      clearTimeout(firstFault);
      await estate.close();
      await playground?.close();
      await workspace.close();
    },
  };
}

function castFor(): Cast {
  const members = [...cast.map(({ account }) => account), 'U01ROSTER'];
  const people = cast.map(({ id, account, name, email }) => ({
    id,
    account,
    name: id.slice(2),
    realName: name,
    email,
  }));
  return { people, channels: Object.entries(channels).map(([name, id]) => ({ id, name, members })) };
}

function placesOf(alsoInTeams: boolean): Places {
  const on = (name: keyof typeof channels) => [
    `slack:${channels[name]}`,
    ...(alsoInTeams ? [`teams:${inTeams[name]}`] : []),
  ];
  return { ops: on('ops'), approvals: on('approvals'), leadership: on('leadership') };
}

/** Where the same is read in Teams, whose playground has a team with one channel besides General, and a group chat. */
const inTeams = {
  ops: '19:ops@thread.tacv2',
  approvals: '19:approvals@thread.v2',
  leadership: '19:fernwood@thread.tacv2',
};

async function playgroundFor(
  { folder }: Wanted,
  { port, endpoint }: NonNullable<Wanted['teams']>,
  workspace: Workspace,
): Promise<Playground> {
  const opened = await openPlayground({
    folder: join(folder, 'teams'),
    port,
    endpoint,
    people: cast.map(({ directory, name, email }) => ({ id: directory, name, email })),
    rooms: {
      channel: { id: inTeams.ops, name: 'ops' },
      chat: { id: inTeams.approvals, name: 'approvals' },
      general: { id: inTeams.leadership, name: 'Fernwood' },
    },
  });
  if (opened.kind === 'playground') return opened;
  await workspace.close();
  throw new Error(opened.because);
}

/** The playground tells of a channel only once somebody opens it in a browser; Roster posts before. */
function waysTo({ serviceUrl, tenant, bot }: Playground) {
  const { ops, approvals, leadership: team } = inTeams;
  const way = { tenant, serviceUrl, bot };
  return [
    ...[ops, team].map((id) => ({ ...way, id, kind: 'channel' as const, team })),
    { ...way, id: approvals, kind: 'chat' as const, team: null },
  ];
}

function tellHow(
  { url, adopted }: Workspace,
  playground: Playground | undefined,
  { log, speed }: Wanted,
): void {
  const seconds = Math.round(15 / speed);
  log.info(
    `${adopted ? 'The local Slack is taken up again' : 'The local Slack is open'}: ${url}/archives/${channels.ops}`,
  );
  if (playground)
    log.info(
      `Teams plays at ${playground.url}, as ${cast[0]?.name}: the channel ops of the team Fernwood, approvals as a group chat, leadership as General. Everybody else acts in the local Slack. Leave its page open: what was said is kept in it alone.`,
    );
  log.info(
    'The port of the local Slack is open to the network and lets anyone act as anyone; everything else listens on loopback.',
  );
  log.info(
    `${playground ? `About ${seconds} s after its page is opened` : `In about ${seconds} s`} something breaks by itself. Then, in #ops: read the thread, press Approve, ask "@Roster what is happening with checkout?", or type "/roster break memory-leak".`,
  );
}

function breakCommand(estate: Estate, { notes, now }: Wanted): Command {
  const names = estate
    .faults()
    .map(({ name }) => name)
    .join(', ');
  return {
    word: 'break',
    says: `(trial only) break something: ${names}`,
    answer: async ({ by }, rest): Promise<Card> => {
      const broken = await estate.break(rest.trim(), now());
      const facts =
        broken.kind === 'broken'
          ? { fault: broken.fault, target: { ...broken.target } }
          : { fault: rest.slice(0, 40) };
      await notes.note({
        kind: 'estate.broken',
        by: { roster: 'trial' },
        facts,
        because: broken.kind === 'refused' ? [broken.because] : [],
      });
      return brokenCard(broken, by);
    },
  };
}

/** How the answer to `/roster break` looks. */
export function brokenCard(broken: Broken, by: Byline): Card {
  const title = broken.kind === 'broken' ? `Broken: ${broken.fault}` : 'Nothing was broken';
  const text =
    broken.kind === 'broken'
      ? `On ${broken.target.server ?? broken.target.service}. A worker should notice within seconds.`
      : broken.because;
  return { by, tone: 'neutral', title, blocks: [{ kind: 'text', text }], fallback: title };
}
