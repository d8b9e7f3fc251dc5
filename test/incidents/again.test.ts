// A model asked again about an old incident: from what was frozen alone, through the real SDK.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rulesAtStart } from '../../src/in-force.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { arguingOf } from '../../src/modelled.ts';
import { operatorOf, type Place } from '../../src/operator.ts';
import { databases } from '../databases.ts';
import { calls, type Mock, openMock } from '../models/mock.ts';
import { manifests, openShift, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { openOutside } from './outside.ts';

const classified = calls('classify', { kind: 'memory-leak', for: ['E1'] });
const leak = { kind: 'memory-leak', service: 'payments', server: 'app-03', says: 'A leak in payments' };
const answered = (confidence: number) =>
  calls('answer', {
    hypotheses: [{ ...leak, confidence, for: ['E1', 'E2'], against: [] }],
    root_cause: [
      { says: 'Payments holds on to memory on app-03.', for: ['E2'] },
      { says: 'The moon did it.', for: ['E99'] },
    ],
    confidence,
    status: 'found',
  });
const people = [{ id: 'p-x', name: 'Robin Oncall', roles: [], accounts: [] }] as never;

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`an old incident before today's model, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let claude: Mock;
    let place: Place;
    beforeAll(async () => {
      claude = await openMock();
      shift = await openShift(await open(), outside);
      const { db, queue, chain } = shift.gateway;
      const switches = {
        known: () => ({ workers: [], tools: [] }),
        tell: async () => true,
        board: async () => ({ db, queue, chain, tell: async () => true }),
      };
      const { prices, runbooks } = manifests;
      const given = { claude: claude.access, promptsDir: 'prompts', prices, people, runbooks };
      place = { db, folder: '', now: () => new Date(), switches, arguing: arguingOf(given) };
    });
    beforeEach(async () => {
      outside.reset();
      await shift.forget();
      await rulesAtStart(shift.gateway, manifests);
    });
    afterAll(async () => {
      await shift?.close();
      await claude?.close();
    });

    const again = (on: Partial<Place>, incident: string, attempt = 0) =>
      operatorOf(() => ({ ...place, ...on }))['/operator/argue-again']?.({ incident, attempt });
    /** The incident and its log, as they stand. */
    const kept = async ({ id }: Incident) => [await shift.incident(id), await shift.log(id)];

    test('it is shown and may look at what was frozen; what cites nothing is dropped, and nothing changes', async () => {
      const incident = await begun(shift, outside).leak();
      const before = await kept(incident);
      outside.reset();
      outside.silenceLoki();
      claude.answers(classified, calls('look', { what: 'errors', of: 'payments' }, 'a'), answered(0.5));
      expect(await again({}, incident.id)).toMatchObject({
        kind: 'json',
        value: {
          kind: 'heard',
          model: 'claude-opus-5-5',
          classified: 'memory-leak',
          heard: {
            hypotheses: [{ kind: 'memory-leak', confidence: 0.5 }],
            rootCause: ['Payments holds on to memory on app-03.'],
            dropped: [{ says: 'The moon did it.', because: 'E99 is not among the evidence' }],
          },
        },
      });
      expect(claude.sent().at(-1)).toMatch(
        /What was gathered then.*OutOfMemory|What was gathered then.*memory/i,
      );
      expect(await kept(incident)).toEqual(before);
      const { rows } = await sql<{ by: string }>`select text::jsonb #>> '{entry,by,roster}' as by from audit
        where text::jsonb #>> '{entry,kind}' = 'model.asked'`.execute(shift.db);
      expect(rows).toEqual([{ by: 'operator' }, { by: 'operator' }, { by: 'operator' }]);
    });

    test('no answer is said with why; no key, no incident and no such attempt are said plainly', async () => {
      const { id } = await begun(shift, outside).leak();
      claude.answers(classified, { error: { message: 'busy', type: 'overloaded_error' }, status: 529 });
      expect(await again({}, id)).toMatchObject({
        value: { kind: 'none', because: expect.stringMatching(/\.$/) },
      });
      expect(await again({ arguing: undefined }, id)).toEqual({
        kind: 'wrong',
        because: 'No model is set: set ANTHROPIC_API_KEY, or leave --model out.',
      });
      for (const [one, attempt] of [
        ['inc-none', 0],
        [id, 7],
      ] as const)
        expect(await again({}, one, attempt)).toEqual({
          kind: 'wrong',
          because: `Nothing is kept of attempt ${attempt} of ${one}.`,
        });
    });
  });
}
