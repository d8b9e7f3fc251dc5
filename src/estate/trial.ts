import { join } from 'node:path';
import type { Notes } from '../audit/notes.ts';
import type { Card } from '../chat/card.ts';
import type { PersonId } from '../ids.ts';
import type { Person, Places } from '../people/people.ts';
import type { Db } from '../postgres/database.ts';
import type { Command } from '../workers/command.ts';
import { type Estate, openEstate } from './estate.ts';
import { type Cast, openWorkspace, type Workspace } from './workspace.ts';

interface Wanted {
  db: Db;
  notes: Notes;
  folder: string;
  /** The port of the local Slack; 0 for any. */
  port: number;
  speed: number;
  now(): Date;
  log: { info(message: string): void };
}

interface Played extends Person {
  account: string;
  email: string;
}

const played = (id: string, account: string, name: string, roles: string[]): Played => {
  return {
    id: id as PersonId,
    account,
    name,
    roles,
    accounts: [`slack:${account}`],
    email: `${id.slice(2)}@fernwood.example`,
  };
};

/** Fernwood's people: made up, like the company. */
const cast: Played[] = [
  played('p-oncall', 'U01ONCALL', 'Robin Oncall', ['on-call']),
  played('p-dba', 'U01DBA', 'Dana Dba', ['database-owner']),
  played('p-gov-1', 'U01GOVONE', 'Gale Governor', ['governor']),
  played('p-gov-2', 'U01GOVTWO', 'Greer Governor', ['governor']),
  played('p-manager', 'U01MANAGER', 'Morgan Manager', ['manager']),
];

const channels = { ops: 'C01OPS', approvals: 'C01APPROVALS', leadership: 'C01LEADERSHIP' };

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
  const estate = await openEstate({ db, now, speed, token: 'estate-awx-token' });
  let firstFault: NodeJS.Timeout | undefined;
  return {
    kind: 'trial' as const,
    slack: {
      botToken: workspace.botToken,
      mode: { kind: 'socket' as const, appToken: workspace.appToken },
      apiUrl: workspace.apiUrl,
    },
    prometheus: { url: estate.prometheusUrl },
    loki: { url: estate.lokiUrl },
    awx: { url: estate.awxUrl, token: estate.awxToken },
    people: cast.map(({ id, name, roles, accounts }): Person => ({ id, name, roles, accounts })),
    places: placesOf(),
    inventory: estate.inventory,
    pace: { cycleMs: 5_000 / speed, verifyMs: 45_000 / speed, lookAgainMs: 500 / speed },
    commands: [breakCommand(estate, wanted)],
    workspace,
    estate,
    ready: () => {
      tellHow(workspace, wanted);
      firstFault = setTimeout(() => void estate.startFirstFault(now()), 15_000 / speed);
    },
    close: async () => {
      clearTimeout(firstFault);
      await estate.close();
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

function placesOf(): Places {
  const { ops, approvals, leadership } = channels;
  return { ops: `slack:${ops}`, approvals: `slack:${approvals}`, leadership: `slack:${leadership}` };
}

function tellHow({ url, adopted }: Workspace, { log, speed }: Wanted): void {
  log.info(
    `${adopted ? 'The local Slack is taken up again' : 'The local Slack is open'}: ${url}/archives/${channels.ops}`,
  );
  log.info(
    'Its port is open to the network and lets anyone act as anyone; everything else listens on loopback.',
  );
  log.info(
    `In about ${Math.round(15 / speed)} s something breaks by itself. Then, in #ops: read the thread, press Approve, ask "@Roster what is happening with checkout?", or type "/roster break memory-leak".`,
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
      const title = broken.kind === 'broken' ? `Broken: ${broken.fault}` : 'Nothing was broken';
      const text =
        broken.kind === 'broken'
          ? `On ${broken.target.server ?? broken.target.service}. A worker should notice within seconds.`
          : broken.because;
      return { by, tone: 'neutral', title, blocks: [{ kind: 'text', text }], fallback: title };
    },
  };
}
