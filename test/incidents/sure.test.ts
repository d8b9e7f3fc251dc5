import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IncidentId, PersonId, WorkerId } from '../../src/ids.ts';
import type { Cause, Evidence, Hypothesis, Incident, Logged } from '../../src/incidents/incident.ts';
import { intervene } from '../../src/incidents/intervene.ts';
import { insert as openIncident } from '../../src/incidents/store.ts';
import { judged, surely, trackRecord } from '../../src/incidents/sure.ts';
import { keepOutcome, outcomesOf } from '../../src/knowledge/calibration/outcomes.ts';
import { transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { openShift, robin, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { openOutside } from './outside.ts';

const now = new Date('2026-11-20T10:00:00Z');
const leak: Cause = { kind: 'memory-leak', says: 'payments leaks', confidence: 0.84, raw: 0.9, known: {} };
const hypothesis = (of: Partial<Hypothesis>): Hypothesis => ({ ...leak, for: [], against: [], ...of });

describe('what an end says of the cause that was acted on', () => {
  const person = 'p-oncall' as PersonId;
  const entry = (one: Omit<Logged, 'at'>): Logged => ({ ...one, at: now }) as Logged;
  const thought = (kind = 'memory-leak') =>
    entry({ kind: 'diagnosis', facts: { hypotheses: [hypothesis({ kind })], plan: '' } } as never);
  const mended = { kind: 'incident', cause: leak, mitigatedAt: now } as const;
  const rows: [
    story: string,
    incident: Pick<Incident, 'kind' | 'cause' | 'mitigatedAt'>,
    entries: Logged[],
    end: 'mended' | 'false-alarm',
    right: [string, boolean][],
  ][] = [
    ['mended by its runbook', mended, [thought()], 'mended', [['memory-leak', true]]],
    ['a false alarm', { ...mended, mitigatedAt: null }, [thought()], 'false-alarm', [['memory-leak', false]]],
    [
      'the runbook did not help',
      mended,
      [thought(), entry({ kind: 'unmended', facts: { because: '', metrics: [] } })],
      'mended',
      [['memory-leak', false]],
    ],
    [
      'a person had it: nothing is known of the cause',
      mended,
      [thought(), entry({ kind: 'taken', facts: { person } })],
      'mended',
      [],
    ],
    [
      'healed by itself before anything was done',
      { ...mended, mitigatedAt: null },
      [thought()],
      'mended',
      [],
    ],
    [
      'a person chose another cause, which was right',
      mended,
      [thought('full-disk'), entry({ kind: 'chosen', facts: { person, says: '', plan: '' } })],
      'mended',
      [
        ['full-disk', false],
        ['memory-leak', true],
      ],
    ],
    [
      'only the place was known',
      { ...mended, cause: { ...leak, kind: 'unknown' } },
      [thought('unknown')],
      'mended',
      [],
    ],
    ['a prediction', { ...mended, kind: 'prediction' }, [thought()], 'mended', []],
  ];
  test.each(rows)('%s', (_, incident, entries, end, right) => {
    expect(judged(incident, entries, end).map(({ cause, right: was }) => [cause.kind, was])).toEqual(right);
  });
});

const read: Evidence[] = ['E1', 'E2', 'E3', 'E4'].map((id) => {
  return { id, source: id, query: '', found: '', read: true };
});

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`how sure a worker may be, on ${name}`, () => {
    const outside = openOutside();
    let clock = now;
    let shift: Shift;
    beforeAll(async () => {
      shift = await openShift(await open(), { ...outside, now: () => clock });
    });
    afterAll(() => shift.close());
    beforeEach(async () => {
      outside.reset();
      clock = now;
      await shift.forget();
    });

    /** Incidents that ended so: their outcomes are kept as `conclude` keeps them. */
    async function ended(count: number, right: boolean, raw = 0.9): Promise<IncidentId[]> {
      return transact(shift.db, async (tx) => {
        const ids: IncidentId[] = [];
        for (let nth = 0; nth < count; nth += 1) {
          const its = {
            kind: 'incident' as const,
            service: 'payments',
            severity: 2,
            worker: 'rex' as WorkerId,
          };
          const incident = await openIncident(tx, its);
          await keepOutcome(tx, { incident, class: 'memory-leak', raw, right }, clock);
          ids.push(incident);
        }
        return ids;
      });
    }
    const sure = async (of: Partial<Hypothesis> = {}) =>
      (await surely(shift.db, [hypothesis(of)], read, clock))[0];
    const aDayLater = () => {
      clock = new Date(clock.getTime() + 24 * 3_600_000);
    };

    test('before 30 outcomes at most 84 %, and the thread says how many there are', async () => {
      const one = await sure({ confidence: 0.95 });
      expect(one).toMatchObject({ confidence: 0.84, raw: 0.95, outcomes: 0 });
      expect(trackRecord([one as Hypothesis])).toBe(
        'Not more than 84 % sure until 30 outcomes of memory-leak are known here; 0 are.',
      );
    });

    test('thirty that were right count once a day has gone by without a word against them', async () => {
      await ended(30, true);
      expect(await sure({ confidence: 0.8 })).toMatchObject({ outcomes: 0, confidence: 0.8 });
      aDayLater();
      const one = await sure({ confidence: 0.9 });
      expect(one?.outcomes).toBe(30);
      expect(one?.confidence).toBeGreaterThan(0.9);
      expect(trackRecord([one as Hypothesis])).toBeUndefined();
      expect(await sure({ kind: 'full-disk', confidence: 0.95 })).toMatchObject({
        confidence: 0.84,
        outcomes: 0,
      });
    });

    test('what the rules hold less likely than not is raised by no number of outcomes', async () => {
      await ended(200, true);
      aDayLater();
      expect(await sure({ confidence: 0.49 })).toMatchObject({ outcomes: 200, confidence: 0.49 });
      expect((await sure({ confidence: 0.5 }))?.confidence).toBeGreaterThan(0.85);
    });

    test('wrong ones count at once, and pull it down', async () => {
      await ended(30, true);
      aDayLater();
      const before = (await sure({ confidence: 0.9 }))?.confidence ?? 0;
      await ended(20, false);
      const after = await sure({ confidence: 0.9 });
      expect(after?.outcomes).toBe(50);
      expect(after?.confidence).toBeLessThan(before - 0.15);
    });

    test('what could not be read makes it less sure, and only the place known is as sure as it says', async () => {
      const lost = read.map((one) => ({ ...one, read: one.id !== 'E2' }));
      const [part] = await surely(shift.db, [hypothesis({ confidence: 0.7 })], lost, clock);
      expect(part?.raw).toBeCloseTo(0.6);
      expect(part?.confidence).toBeLessThan((await sure({ confidence: 0.7 }))?.confidence ?? 0);
      expect(await sure({ kind: 'unknown', confidence: 0.42 })).toMatchObject({ confidence: 0.42 });
    });

    test('a mended incident counts as right, unless a person calls its cause wrong within a day', async () => {
      clock = new Date();
      const { id } = await begun(shift, outside).leak();
      outside.set('memory_available', 'app-03', 0);
      await shift.later();
      await sql`update incident set usual_since = usual_since - interval '60 s',
        mitigated_at = mitigated_at - interval '60 s'`.execute(shift.db);
      await shift.later();
      expect((await shift.incident(id)).status).toBe('closed');
      const wrong = { do: 'wrong-cause', words: 'It was the batch job.' } as const;
      expect(await intervene(shift.responder, id, robin, wrong)).toMatchObject({ kind: 'done' });
      expect(await outcomesOf(shift.db, ['memory-leak'], clock)).toEqual(
        new Map([['memory-leak', [expect.objectContaining({ right: false })]]]),
      );
      expect(await intervene(shift.responder, id, robin, wrong)).toMatchObject({ kind: 'not-now' });
      const [said] = (await shift.log(id)).filter((one) => one.kind === 'wrong-cause');
      expect(said?.facts).toEqual({ person: 'p-oncall', why: 'It was the batch job.' });
    });

    test('after a day, and while it is open, nothing is noted', async () => {
      const [id] = await ended(1, true);
      const wrong = { do: 'wrong-cause', words: 'no' } as const;
      expect((await intervene(shift.responder, id as IncidentId, robin, wrong)).because).toMatch(
        /^While it is open/,
      );
    });
  });
}
