import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Action } from '../../src/actions/action.ts';
import type { Approval } from '../../src/approvals/approval.ts';
import type { IncidentId, PersonId } from '../../src/ids.ts';
import type { Incident, Status } from '../../src/incidents/incident.ts';
import type { Database } from '../../src/postgres/database.ts';
import { standupAt } from '../../src/standup/read.ts';
import { type Rows, standup, standupCard } from '../../src/standup/standup.ts';
import { databases } from '../databases.ts';

const ada = { name: 'Ada', role: 'Operations worker', avatar: ':owl:' };
const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 10, 20, hour, minute));
const none: Rows = { incidents: [], actions: [], approvals: [], late: [], since: at(0) };

function incident(id: string, service: string, status: Status, changed: Partial<Incident> = {}): Incident {
  const over = status === 'closed' || status === 'false-alarm';
  return {
    id,
    service,
    status,
    cause: null,
    openedAt: at(7),
    endedAt: over ? at(7, 12) : null,
    ...changed,
  } as Incident;
}
const action = (what: string, status: Action['status'], autonomous: boolean) =>
  ({ question: { what }, status, autonomous }) as Action;
const waiting = { question: { what: 'Roll checkout back to 2.0' }, expiresAt: at(13, 5) } as Approval;

test('without news it is one line', () => {
  expect(standupCard(standup(none), ada)).toEqual({
    by: ada,
    tone: 'good',
    title: "Ada's stand-up",
    blocks: [{ kind: 'text', text: 'Nothing happened since the last one and nothing is waiting.' }],
    fallback: "Ada's stand-up: Nothing happened since the last one and nothing is waiting.",
  });
});

test('rows are sorted into done, next, blocked and needs you', async () => {
  const cause = { says: 'a leak', kind: 'memory-leak', confidence: 0.9, known: {} };
  const told = standup({
    incidents: [
      incident('inc-1', 'search', 'closed', { cause }),
      incident('inc-2', 'orders', 'false-alarm'),
      incident('inc-3', 'checkout', 'remediating'),
      incident('inc-4', 'catalog', 'escalated'),
      incident('inc-5', 'payments', 'taken'),
      incident('inc-6', 'search', 'closed', { openedAt: new Date(0), endedAt: new Date(1) }),
    ],
    actions: [
      action('Restart search on search-01', 'done', true),
      action('Roll search back to 1.9', 'done', false),
      action('Rotate the logs on db-01', 'failed', true),
    ],
    approvals: [waiting],
    late: [
      {
        incident: 'inc-6' as IncidentId,
        what: 'Check the alert',
        owner: 'p-dba' as PersonId,
        due: '2026-11-19',
      },
    ],
    since: at(0),
  });
  await expect(`${JSON.stringify(standupCard(told, ada), undefined, 2)}\n`).toMatchFileSnapshot(
    '../golden/standup.json',
  );
});

describe('what is next on an open incident', () => {
  const rows: [status: Status, next: string[]][] = [
    ['investigating', ['inc-1 on search: find the cause']],
    ['remediating', ['inc-1 on search: follow its runbook']],
    ['verifying', ['inc-1 on search: see that it stays mended']],
    ['verified', ['inc-1 on search: write its post-mortem']],
    ['taken', ['inc-1 on search: watch while a person mends it']],
    ['escalated', []],
    ['closed', []],
    ['false-alarm', []],
  ];
  test.each(rows)('%s', (status, next) => {
    expect(standup({ ...none, incidents: [incident('inc-1', 'search', status)] }).next).toEqual(next);
  });
});

test('what is only foretold is no incident: it is told as a prediction, without how long it took', () => {
  const cause = { says: 'free disk space used up on db-01', kind: 'full-disk', confidence: 0.7, known: {} };
  const prediction = (id: string, status: Status, changed: Partial<Incident> = {}) =>
    incident(id, 'orders', status, { kind: 'prediction', cause, mitigatedAt: null, ...changed });
  const { done, next, blocked } = standup({
    ...none,
    incidents: [
      prediction('inc-1', 'closed', { mitigatedAt: at(7, 5) }),
      prediction('inc-2', 'closed'),
      prediction('inc-3', 'false-alarm'),
      prediction('inc-4', 'remediating'),
      prediction('inc-5', 'watching'),
    ],
  });
  expect(done).toEqual([
    'prediction inc-1 on orders, prevented: free disk space used up on db-01',
    'prediction inc-2 on orders, did not come: free disk space used up on db-01',
    'prediction inc-3 on orders, called off: free disk space used up on db-01',
  ]);
  expect(next).toEqual([
    'prediction inc-4 on orders: prevent it, once a person says so',
    'prediction inc-5 on orders: watch whether it comes',
  ]);
  expect(blocked).toEqual([]);
});

test('of many lines twelve are shown, and how many more there are', () => {
  const incidents = Array.from({ length: 15 }, (_, nth) => incident(`inc-${nth}`, 'search', 'escalated'));
  const [block] = standupCard(standup({ ...none, incidents }), ada).blocks;
  const lines = block?.kind === 'text' ? String(block.text[1]).split('\n') : [];
  expect(lines).toHaveLength(13);
  expect(lines[12]).toBe('• and 3 more');
});

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the stand-up from the rows, on ${name}`, () => {
    let database: Database;
    const ended = async (id: string, when: Date) => {
      await sql`insert into incident (id, service, status, severity, worker, opened_at, ended_at)
        values (${id}, 'search', 'closed', 3, 'ada', ${when}, ${when})`.execute(database.db);
    };
    beforeAll(async () => {
      database = await open();
      await ended('inc-friday', new Date('2026-11-20T12:00:00Z'));
      await ended('inc-sunday', new Date('2026-11-22T12:00:00Z'));
    });
    afterAll(() => database?.close());

    const days: [day: string, at: string, told: string[]][] = [
      ['Sunday, of a day', '2026-11-22T13:00:00Z', ['inc-sunday']],
      ['Monday, of the whole weekend', '2026-11-23T08:00:00Z', ['inc-friday', 'inc-sunday']],
      ['Tuesday, of Monday alone', '2026-11-24T08:00:00Z', []],
    ];
    test.each(days)('tells on %s', async (_, now, told) => {
      const text = JSON.stringify(await standupAt(database.db, ada, new Date(now)));
      expect(['inc-friday', 'inc-sunday'].filter((id) => text.includes(id))).toEqual(told);
    });
  });
}
