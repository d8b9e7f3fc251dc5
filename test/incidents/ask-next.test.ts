// An incident needs a person: who is asked by name, one after the other, until somebody takes it.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { approvalsOf } from '../../src/approvals/read.ts';
import type { IncidentId, PersonId } from '../../src/ids.ts';
import { askNext } from '../../src/incidents/escalate.ts';
import type { Logged } from '../../src/incidents/incident.ts';
import { type Intervention, intervene } from '../../src/incidents/intervene.ts';
import { escalationSchema, ladderOf, nextAsked, unknownContacts } from '../../src/incidents/ladder.ts';
import { databases } from '../databases.ts';
import { robin, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { onShift } from './on-shift.ts';
import { openOutside } from './outside.ts';

const by = (id: string) => id as PersonId;
const ladder = {
  afterMs: 900_000,
  first: [by('p-oncall')],
  next: () => [by('p-oncall'), by('p-dba'), by('p-manager')],
  withRole: (roles: string[]) => (roles.includes('database-owner') ? [by('p-dba')] : []),
};
type Said = Pick<Logged, 'kind'> & { facts?: object };
const escalated: Said = { kind: 'escalated', facts: { because: 'b' } };
const unanswered = (person: string): Said => ({ kind: 'unanswered', facts: { person } });
const rows: [what: string, entries: Said[], next: string | undefined][] = [
  ['a worker asked those on call', [escalated], 'p-dba'],
  ['and the next did not take it', [escalated, unanswered('p-dba')], 'p-manager'],
  ['nor the last', [escalated, unanswered('p-dba'), unanswered('p-manager')], undefined],
  [
    'routing asked the specialists besides',
    [{ kind: 'escalated', facts: { because: 'b', asks: { roles: ['database-owner'], people: [] } } }],
    'p-manager',
  ],
  ['a worker needs people again', [escalated, unanswered('p-dba'), escalated], 'p-dba'],
  [
    'a person wanted the next',
    [escalated, { kind: 'escalated', facts: { by: 'p-oncall', asks: { roles: [], people: ['p-dba'] } } }],
    'p-manager',
  ],
  [
    'who had it wants somebody else',
    [escalated, unanswered('p-dba'), { kind: 'taken' }, { kind: 'escalated', facts: { by: 'p-oncall' } }],
    'p-dba',
  ],
];
test.each(rows)('%s', (_, entries, next) => {
  expect(nextAsked(entries as Logged[], ladder, 'checkout')).toBe(next);
});

test('a contact is a role, a person or the owner; one that nobody is says so', () => {
  const people = {
    withRole: (...roles: string[]) => (roles.includes('governor') ? [{ id: 'p-gov' }] : []),
    find: (id: string) => (id === 'p-x' ? { id } : undefined),
  } as never;
  const inventory = { services: [{ id: 'shop', owner: 'p-own' }], servers: [] } as never;
  const wanted = escalationSchema.parse({ next: ['p-x', 'governor', 'owner', 'nobody'] });
  expect(ladderOf(wanted, { people, inventory, first: [] }).next('shop')).toEqual(['p-x', 'p-gov', 'p-own']);
  expect(unknownContacts(wanted, people)).toEqual([expect.stringContaining('nobody is nobody')]);
});

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`an incident needs a person, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let begin: ReturnType<typeof begun>;
    onShift(open, outside, (one) => {
      shift = one;
      begin = begun(one, outside);
    });

    const says = (id: IncidentId, wanted: Intervention, person = robin) =>
      intervene(shift.responder, id, person, wanted);
    const dueNext = async () => (await shift.waiting('later')).filter((job) => job.name === 'ask-next');
    /** What is due by now is done, once each. */
    async function unanswered(): Promise<void> {
      for (const job of await dueNext()) {
        await sql`delete from pgboss.job where id = ${job.id}`.execute(shift.db);
        await askNext(shift.responder, job);
      }
    }
    const told = async (id: IncidentId) =>
      (await shift.log(id)).flatMap((one) => (one.kind === 'unanswered' ? [one.facts.person] : []));
    /** Nothing known explains it. */
    async function puzzling(): Promise<IncidentId> {
      await begin.riddle();
      await shift.age(60);
      await shift.later();
      return (await shift.last()).id;
    }

    test('nobody takes it: each of the list is asked once, in turn, and its end is said', async () => {
      const id = await puzzling();
      expect((await shift.incident(id)).status).toBe('escalated');
      for (let nth = 0; nth < 6; nth += 1) await unanswered();
      // The owner of the service is on call, and was asked first.
      expect(await told(id)).toEqual(['p-manager', 'p-gov-1', 'p-gov-2', null]);
      expect(await dueNext()).toEqual([]);
      const audited = (await shift.audited({ incident: id })).filter(
        (one) => one.kind === 'incident.escalated' && 'roster' in one.by,
      );
      expect(audited.map(({ facts }) => facts?.to)).toEqual(['p-manager', 'p-gov-1', 'p-gov-2', null]);
    });

    test('the same step a second time asks nobody', async () => {
      const id = await puzzling();
      const [job] = await dueNext();
      if (job?.name !== 'ask-next') throw new Error('Nothing is due.');
      await Promise.all([askNext(shift.responder, job), askNext(shift.responder, job)]);
      await askNext(shift.responder, job);
      expect(await told(id)).toEqual(['p-manager']);
    });

    const endings: Intervention[] = [
      { do: 'take' },
      { do: 'false-alarm' },
      { do: 'redirect', words: 'db-02' },
    ];
    test.each(endings)('$do: nobody else is asked', async (wanted) => {
      const id = await puzzling();
      await says(id, wanted);
      await unanswered();
      expect(await told(id)).toEqual([]);
    });

    test('by a person’s word what waits is withdrawn and the next is asked by name, and the one after it later', async () => {
      const { id } = await begin.deployment();
      expect(await says(id, { do: 'escalate', words: 'I do not know Checkout.' })).toMatchObject({
        kind: 'done',
      });
      await shift.work();
      expect(await shift.incident(id)).toMatchObject({ status: 'escalated', owner: null });
      expect((await approvalsOf(shift.db, id)).map(({ status }) => status)).not.toContain('open');
      expect((await shift.log(id)).at(-1)).toMatchObject({
        kind: 'escalated',
        facts: { because: 'I do not know Checkout.', by: robin.id, asks: { people: ['p-manager'] } },
      });
      expect((await shift.audited({ incident: id })).at(-2)).toBeDefined();
      expect(await shift.audited({ incident: id })).toContainEqual(
        expect.objectContaining({ kind: 'incident.escalated', by: { person: robin.id } }),
      );
      await unanswered();
      expect(await told(id)).toEqual(['p-gov-1']);
      // Once more by hand, and what was due before asks nobody twice.
      await says(id, { do: 'escalate', words: '' });
      expect((await shift.log(id)).at(-1)).toMatchObject({ facts: { asks: { people: ['p-gov-2'] } } });
      await unanswered();
      expect(await told(id)).toEqual(['p-gov-1', null]);
      expect(await says(id, { do: 'escalate', words: '' })).toMatchObject({ kind: 'not-now' });
    });

    test('who has it gives it to the next, and the workers may be sent on from there', async () => {
      const { id } = await begin.deployment();
      await says(id, { do: 'take' });
      await says(id, { do: 'escalate', words: '' });
      expect(await shift.incident(id)).toMatchObject({ status: 'escalated', owner: null });
      await says(id, { do: 'choose', words: '1' });
      await shift.work();
      expect((await approvalsOf(shift.db, id)).filter(({ status }) => status === 'open')).toHaveLength(1);
    });
  });
}
