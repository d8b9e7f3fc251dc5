// What a diagnosis saw is kept whole, an incident that is over is remembered, and the next one like it is told of it.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Gathered } from '../../src/incidents/evidence/gathered.ts';
import { bounded, decode, encode, type Frozen, thaw } from '../../src/incidents/freeze.ts';
import { frozenOf } from '../../src/incidents/read.ts';
import { replay } from '../../src/incidents/replay.ts';
import { databases } from '../databases.ts';
import { manifests, openShift, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { openOutside } from './outside.ts';

const gathered = {
  ...{ services: ['checkout'], onset: new Date(0), readings: [], past: [], deployments: [], changes: [] },
  ...{ errors: [], troubles: [], placed: [], evidence: [] },
} as unknown as Gathered;

test.each([
  [{ at: new Date(5), list: [1, Number.NaN, -Infinity, null, 'x', undefined], deep: { at: new Date(7) } }],
  [[]],
  [null],
  ['text'],
])('what is encoded is decoded as it was: %j', (value) => {
  const stored = JSON.parse(JSON.stringify(encode(value)));
  expect(decode(stored)).toEqual(JSON.parse(JSON.stringify(value)) === null ? null : withNull(value));
});

/** JSON has no undefined in a list. */
function withNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => (one === undefined ? null : one));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withNull(one)]));
}

test('what is too large is cut, the recent metrics first, and said', () => {
  const lines = Array.from({ length: 40 }, (_, nth) => ({
    at: new Date(nth),
    labels: {},
    line: 'x'.repeat(100),
  }));
  const past = Array.from({ length: 100 }, () => ({
    values: Array.from({ length: 50 }, (_, nth) => [nth, nth]),
  }));
  const whole = { ...gathered, past, errors: lines } as unknown as Gathered;
  expect(bounded(whole, 10_000_000)).toEqual({ gathered: whole, cut: [] });
  const some = bounded(whole, 20_000);
  expect(some.cut).toEqual(['Of 100 series of recent metrics the first 25 are kept.']);
  expect(some.gathered.errors).toHaveLength(40);
  expect(bounded(whole, 3_000).cut).toEqual([
    'Of 100 series of recent metrics the first 0 are kept.',
    'Of 40 error lines the first 10 are kept.',
  ]);
});

test('what was frozen before something was gathered at all is replayed without it', () => {
  const { past: _, troubles: __, ...old } = gathered;
  const frozen = JSON.parse(
    JSON.stringify(encode({ gathered: old, direction: null, hypotheses: [], plan: 'x' })),
  );
  expect(thaw(frozen).gathered).toMatchObject({ past: [], troubles: [], onset: new Date(0) });
});

describe.each(databases)('an incident on $name', ({ available, open }) => {
  describe.skipIf(!available)('with a database', () => {
    const outside = openOutside();
    let shift: Shift;
    beforeAll(async () => {
      shift = await openShift(await open(), outside);
    });
    afterAll(() => shift?.close());
    beforeEach(async () => {
      await shift.forget();
      outside.reset();
    });

    /** Until it is closed. */
    async function mended(): Promise<string> {
      const { id } = await begun(shift, outside).leak();
      await shift.later();
      outside.reset();
      for (let looks = 0; looks < 9 && (await shift.last()).status === 'verifying'; looks += 1) {
        await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
        await shift.later();
      }
      expect((await shift.last()).status).toBe('closed');
      return id;
    }

    test('is replayed to the same, asking nothing; other rules come to another end', async () => {
      const id = (await mended()) as Parameters<typeof frozenOf>[1];
      outside.silenceLoki();
      const [stored, ...more] = await frozenOf(shift.db, id);
      expect(more).toEqual([]);
      expect(stored).toMatchObject({ attempt: 0, cut: [] });
      const frozen: Frozen = thaw(stored?.frozen);
      expect(frozen.gathered.onset).toBeInstanceOf(Date);
      expect(frozen.inventory.servers.map((one) => one.id)).toContain('app-03');
      const again = replay(frozen, manifests.runbooks);
      expect(again).toMatchObject({ same: true, before: { hypotheses: [{ kind: 'memory-leak' }] } });
      expect(again.now).toEqual(again.before);
      const bare = replay(frozen, []);
      expect(bare).toMatchObject({
        same: false,
        now: { plan: expect.stringMatching(/^There is no runbook/) },
      });
    });

    test('is remembered when it is over, and the next like it is told with it', async () => {
      const first = await mended();
      const { rows } = await sql`select * from past_incident`.execute(shift.db);
      expect(rows).toEqual([
        expect.objectContaining({
          ...{ id: first, source: 'own', kind: 'memory-leak', service: 'payments', server: 'app-03' },
          ...{ runbook: 'memory-leak', metrics: expect.arrayContaining(['memory_available']) },
          resolution: 'Action: Restart payments on app-03: done, within the charter, without asking.',
        }),
      ]);
      // Long after, when the same may be raised again.
      await sql`update signal set recovered_at = raised_at`.execute(shift.db);
      await sql`truncate claim`.execute(shift.db);
      const { id } = await begun(shift, outside).leak();
      expect(id).not.toBe(first);
      const told = (await shift.log(id)).flatMap((one) =>
        one.kind === 'evidence' ? one.facts.evidence : [],
      );
      expect(told.find(({ source }) => source === 'Past incidents')?.found).toMatch(
        new RegExp(
          `^Known: memory-leak, as the likest of the one past incident; runbook memory-leak\\. 1\\. ${first}, \\d{4}-\\d\\d-\\d\\d \\(same service; same server app-03; .* unusual in both.*\\): payments on app-03 .*Restart payments on app-03: done.* \\(runbook memory-leak\\)\\.$`,
        ),
      );
    });

    test('is not remembered while it goes on', async () => {
      await begun(shift, outside).leak();
      const { rows } = await sql`select id from past_incident`.execute(shift.db);
      expect(rows).toEqual([]);
    });
  });
});
