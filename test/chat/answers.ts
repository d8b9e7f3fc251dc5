import { openNotes } from '../../src/audit/notes.ts';
import { joinStandings } from '../../src/chat/standing.ts';
import { fernwood } from '../../src/estate/company.ts';
import type { IncidentId } from '../../src/ids.ts';
import { peopleOf } from '../../src/people/people.ts';
import { notKnown } from '../../src/people/standing.ts';
import type { Database } from '../../src/postgres/database.ts';
import type { Asked } from '../../src/workers/asked.ts';
import { command, commands } from '../../src/workers/command.ts';
import { heed, type Order } from '../../src/workers/heed.ts';
import { type Replying, reply } from '../../src/workers/reply.ts';
import { type Desk, tell } from '../../src/workers/tell.ts';
import { openOutside } from '../incidents/outside.ts';
import { openShift, robin } from '../shift.ts';
import { ada } from './cards.ts';
import type { Shown } from './every-card.ts';

type Shift = Awaited<ReturnType<typeof openShift>>;

/** Everything that can be asked, so that a new one does not compile until it is here. */
const everything: { [About in Asked['about']]: Extract<Asked, { about: About }> } = {
  service: { about: 'service', id: 'checkout' },
  server: { about: 'server', id: 'app-01' },
  incident: { about: 'incident', id: '' },
  how: { about: 'how', id: 'checkout' },
  changes: { about: 'changes', since: { kind: 'ago', minutes: 240 } },
  unknown: { about: 'unknown', name: 'db-2', near: ['db-02', 'db-01'] },
  status: { about: 'status' },
  incidents: { about: 'incidents' },
  approvals: { about: 'approvals' },
  why: { about: 'why', id: undefined },
  standup: { about: 'standup' },
  human: { about: 'human' },
  help: { about: 'help' },
};

/** Every answer from the record, with nothing recorded and with an incident that waits for an approval; the help. */
export async function answers(database: Database): Promise<Shown[]> {
  const outside = openOutside();
  const shift = await openShift(database, outside);
  const now = () => new Date();
  const { monitor, loki } = shift.responder;
  const record = { db: shift.db, inventory: fernwood, monitor, loki, timezone: 'Europe/Berlin', now };
  const desk: Desk = { ...record, by: ada, shift: 'Ada is on shift.', standup: shift.standup };
  const told = async (id: string, when: string): Promise<Shown[]> => {
    const all: Asked[] = Object.values({ ...everything, incident: { ...everything.incident, id } });
    return Promise.all(
      all.map(async (asked) => {
        return { from: 'workers/answer.ts', what: `${asked.about}, ${when}`, card: await tell(desk, asked) };
      }),
    );
  };
  const notes = openNotes(shift.db, 'trial');
  const helped = async (text: string): Promise<Shown> => {
    const card = await command(desk, commands, text, { notes, by: { person: robin.id } });
    return { from: 'workers/command.ts', what: `/roster ${text}`, card };
  };
  try {
    const quiet = await told('inc-0', 'all quiet');
    outside.deployBadly();
    await shift.raise('error_rate', 'checkout');
    await shift.work();
    const { id } = await shift.last();
    const heeded = [
      await heard(shift, id, { kind: 'person', person: { ...robin, name: 'Robin', accounts: [] } }),
      await heard(shift, id, { kind: 'refused', because: notKnown }),
    ];
    return [
      ...quiet,
      ...(await told(id, 'in trouble')),
      await helped('help'),
      await helped('nonsense'),
      ...heeded,
      ...(await replied(shift, desk, id)),
    ];
  } finally {
    await shift.close();
  }
}

/** What answers a reply to a stand-up. */
async function replied(shift: Shift, desk: Desk, incident: IncidentId): Promise<Shown[]> {
  const heeding = { people: peopleOf([]), standings: joinStandings({}), responder: shift.responder };
  const replier = { ...heeding, desk, team: { workers: () => [] } };
  const from = { kind: 'refused' as const, because: notKnown };
  const order: Order = { incident, wanted: { do: 'pause' }, from };
  const all: Replying[] = [
    { kind: 'unclear', because: 'Which one: inc-1 on *search* or inc-2 on <orders>?' },
    { kind: 'orders', orders: [order, order] },
    { kind: 'mine', standup: 's-1', words: 'today', from },
  ];
  const cards: Shown[] = [];
  for (const one of all) {
    const { card } = await shift.db.transaction().execute((tx) => reply(replier, tx, one));
    cards.push({ from: 'workers/reply.ts', what: `replied, ${one.kind}`, card });
  }
  return cards;
}

/** What answers an order that was given by words. */
async function heard(shift: Shift, incident: IncidentId, from: Order['from']): Promise<Shown> {
  const heeding = { people: peopleOf([]), standings: joinStandings({}), responder: shift.responder };
  const order: Order = { incident, wanted: { do: 'pause' }, from };
  const { card } = await shift.db.transaction().execute((tx) => heed(heeding, tx, order, ada));
  return { from: 'workers/heed.ts', what: `heeded, ${from.kind}`, card };
}
