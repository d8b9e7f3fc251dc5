// A model's turn on an incident, through the real SDK, beside the rules that act without it.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { setKill } from '../../src/actions/stops.ts';
import { argue } from '../../src/incidents/argue/argue.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { intervene } from '../../src/incidents/intervene.ts';
import { opinionOf } from '../../src/modelled.ts';
import { transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { calls, type Mock, openMock } from '../models/mock.ts';
import { manifests, openShift, robin, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { openOutside } from './outside.ts';

const classified = calls('classify', { kind: 'memory-leak', for: ['E1'] });
const leak = { kind: 'memory-leak', service: 'payments', server: 'app-03', says: 'A leak in payments' };
const answered = (confidence: number, changed: object = {}) =>
  calls('answer', {
    hypotheses: [{ ...leak, confidence, for: ['E1', 'E2'], against: ['E4'] }],
    root_cause: [{ says: 'Payments holds on to memory on app-03.', for: ['E2'] }],
    confidence,
    status: 'found',
    ...changed,
  });
const people = [{ id: 'p-x', name: 'Robin Oncall', roles: [], accounts: [] }] as never;

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a second opinion, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let claude: Mock;
    let begin: ReturnType<typeof begun>;
    beforeAll(async () => {
      claude = await openMock();
      shift = await openShift(await open(), {
        ...outside,
        opinion: (store) =>
          opinionOf(store, {
            claude: claude.access,
            promptsDir: 'prompts',
            prices: manifests.prices,
            people,
          }),
      });
      begin = begun(shift, outside);
    });
    beforeEach(async () => {
      outside.reset();
      await shift.forget();
      shift.gateway.policy = manifests.policy;
    });
    afterAll(async () => {
      await shift?.close();
      await claude?.close();
    });

    const kinds = async ({ id }: Incident) => (await shift.log(id)).map(({ kind }) => kind);
    const second = async ({ id }: Incident) => {
      const found = (await shift.log(id)).findLast((one) => one.kind === 'diagnosis');
      if (found?.kind !== 'diagnosis') throw new Error('There is no diagnosis.');
      return found.facts;
    };
    const turn = async () => {
      const { rows } = await sql<{
        step: number;
        asked: number;
        because: string | null;
        messages: unknown[];
      }>`
        select step, asked, because, messages from incident_turn`.execute(shift.db);
      return rows[0];
    };
    const used = async (unit: string) => {
      const { rows } = await sql<{ used: number }>`select used::float8 as used from budget_used
        where name like 'run:%' and unit = ${unit}`.execute(shift.db);
      return rows[0]?.used ?? 0;
    };
    /** The rules act; what the model would do waits. */
    const rulesOnly = async () => {
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      for (const job of ['receive-signal', 'investigate', 'route-incident'] as const) await shift.work(job);
      return shift.last();
    };

    test('the runbook has begun before the model is asked at all', async () => {
      claude.answers(classified, answered(0.9));
      const incident = await rulesOnly();
      expect(incident.status).toBe('remediating');
      await shift.work('remediate');
      expect((await shift.waiting('now')).map((job) => job.name)).toContain('argue');
      expect(claude.asked()).toBe(0);
    });

    test('it agrees: the kind, the root cause and the evidence are told, and nothing that is done changes', async () => {
      claude.answers(classified, answered(1));
      const incident = await begin.leak();
      expect(outside.launched).toHaveLength(1);
      const { hypotheses, argued, plan } = await second(incident);
      expect(hypotheses).toMatchObject([{ kind: 'memory-leak', confidence: incident.cause?.confidence }]);
      expect(argued).toMatchObject({
        model: 'claude-opus-5-5',
        kind: 'memory-leak',
        rootCause: ['Payments holds on to memory on app-03.'],
        lowered: [],
        dropped: [],
        ask: false,
      });
      expect(plan).toBe('What is being done stays as it is.');
      expect(await kinds(incident)).toEqual(expect.arrayContaining(['evidence', 'diagnosis', 'diagnosis']));
    });

    test('what it wants to look at is read, numbered on and told', async () => {
      claude.answers(
        classified,
        {
          toolCalls: [
            { id: 'a', name: 'look', arguments: '{"what":"errors","of":"payments"}' },
            { id: 'b', name: 'look', arguments: '{"what":"metrics","of":"app-99"}' },
            { id: 'c', name: 'restart-service', arguments: '{"service":"payments","server":"app-03"}' },
          ],
        },
        answered(0.8, { root_cause: [{ says: 'It shows in the log.', for: ['E12'] }] }),
      );
      const incident = await begin.leak();
      const { argued } = await second(incident);
      expect(argued?.more).toMatchObject([{ id: 'E12', source: 'Error logs', read: true }]);
      expect(argued?.rootCause).toEqual(['It shows in the log.']);
      const last = claude.sent().at(-1) ?? '';
      expect(last).toContain('app-99 is neither a service nor a server of the inventory.');
      expect(last).toContain('There is no tool restart-service here');
      expect(outside.launched).toHaveLength(1);
      const kindsAudited = (await shift.audited({ incident: incident.id })).map(({ kind }) => kind);
      expect(kindsAudited.filter((kind) => kind === 'evidence.gathered')).toHaveLength(2);
      expect(kindsAudited.filter((kind) => kind === 'model.asked')).toHaveLength(3);
    });

    test('it doubts a cause while a person is asked: they are told by name, and the question stays', async () => {
      const doubt = { kind: 'bad-deployment', service: 'checkout', says: 'Not the deployment' };
      claude.answers(
        calls('classify', { kind: 'bad-deployment', for: ['E3'] }),
        answered(0.3, { hypotheses: [{ ...doubt, confidence: 0.3, for: ['E3'], against: ['E4'] }] }),
      );
      const incident = await begin.deployment();
      const before = incident.cause?.confidence ?? 0;
      const { argued, plan } = await second(incident);
      expect(argued).toMatchObject({ ask: true, lowered: [{ to: 0.3 }] });
      expect(before).toBe(0.3);
      expect(plan).toBe(
        'The confidence fell to 30 %, below the 65 % from which a worker may act: weigh that before you approve what waits.',
      );
      expect(incident.status).toBe('remediating');
      expect(await shift.says(incident.id, { kind: 'approve' })).toMatchObject({ kind: 'recorded' });
    });

    test('a riddle to the rules: what it adds is not acted on; a person may choose it, and is asked before it is done', async () => {
      const added = { ...leak, says: 'Payments leaks on app-03', confidence: 1, for: ['E1'], against: [] };
      claude.answers(
        calls('classify', { kind: 'sabotage', for: ['E1'] }),
        answered(1, { hypotheses: [added] }),
      );
      // Two services run there and neither complains: the rules do not know whose memory it is.
      outside.set('memory_available', 'app-03', 12);
      await shift.raise('memory_available', 'app-03');
      await shift.work();
      await shift.age(3_600);
      await shift.later();
      const { id, status, cause } = await shift.last();
      expect([status, cause]).toEqual(['escalated', null]);
      expect(await second({ id } as Incident)).toMatchObject({
        hypotheses: [{ kind: 'memory-leak', by: 'model', says: added.says, confidence: 0.64 }],
        argued: { kind: null },
      });
      expect(outside.launched).toEqual([]);
      await intervene(shift.responder, id, robin, { do: 'choose', words: '1' });
      await shift.work();
      expect(outside.launched).toEqual([]);
      await shift.says(id, { kind: 'approve' });
      await shift.work();
      expect(outside.launched).toHaveLength(1);
    });

    test('a charter that says never to argue is kept', async () => {
      claude.answers(classified, answered(0.9));
      const incident = await rulesOnly();
      const charter = manifests.charters.find(({ worker }) => worker === incident.worker);
      if (!charter) throw new Error('Nobody is on duty.');
      const { charterOf } = shift.gateway;
      const authority = { ...charter.authority, never: ['argue'] };
      shift.gateway.charterOf = () => ({ ...charter, authority });
      await argue(shift.responder, incident.id);
      shift.gateway.charterOf = charterOf;
      expect(claude.asked()).toBe(0);
      expect(await turn()).toMatchObject({
        because: `The charter of ${incident.worker} says never to argue.`,
      });
    });

    test('no secret and no personal data leaves, is stored in the audit or is told; restored it is told', async () => {
      outside.say(
        { app: 'payments', level: 'error', instance: 'app-03' },
        'OutOfMemoryError for robin@example.com from 192.0.2.7, asked by Robin Oncall, password=hunter2secret',
        5,
      );
      claude.answers(
        classified,
        answered(0.9, { root_cause: [{ says: '<email-1> filled the heap.', for: ['E2'] }] }),
      );
      const incident = await begin.leak();
      expect(claude.asked()).toBe(2);
      for (const sent of claude.sent()) {
        for (const word of ['robin@example.com', '192.0.2.7', 'Robin Oncall', 'hunter2secret'])
          expect(sent).not.toContain(word);
        expect(sent).toContain('<email-1>');
        expect(sent).toContain('password=[secret]');
      }
      expect((await second(incident)).argued?.rootCause).toEqual(['robin@example.com filled the heap.']);
      expect(JSON.stringify(await shift.log(incident.id))).not.toContain('hunter2secret');
      expect(JSON.stringify(await turn())).not.toContain('hunter2secret');
      const audited = JSON.stringify(await shift.audited());
      for (const word of ['hunter2secret', 'OutOfMemoryError', claude.access.apiKey])
        expect(audited).not.toContain(word);
    });

    test('every call is counted: what it took, not what it might have', async () => {
      claude.answers(classified, answered(0.9));
      const incident = await begin.leak();
      expect(await used('tokens')).toBe(5_000);
      // Haiku: 2,000 × 0.1 + 500 × 0.5 a million are less than a cent; Opus: 2,000 × 4 + 500 × 20 are 1.8 cents.
      expect(await used('money')).toBe(3);
      const [, entry] = (await shift.audited({ incident: incident.id })).filter(
        ({ kind }) => kind === 'model.asked',
      );
      expect(entry).toMatchObject({
        versions: { prompt: 'diagnose@1' },
        facts: { model: 'claude-opus-5-5', outcome: 'answered', input: 2_000, output: 500, money: 2 },
      });
      expect(entry?.facts?.sent).toMatch(/^[0-9a-f]{64}$/);
    });

    test('a budget that does not hold the next question ends the turn before it is sent', async () => {
      const { limits } = manifests.policy;
      const budgets = { ...limits.budgets, run: { calls: 50, tokens: 500_000, money: 20 } };
      shift.gateway.policy = { ...manifests.policy, limits: { ...limits, budgets } };
      claude.answers(classified, answered(0.9));
      const incident = await begin.leak();
      expect(claude.asked()).toBe(1);
      const last = (await shift.log(incident.id)).findLast((one) => one.kind === 'unargued');
      expect(last?.facts).toMatchObject({
        because: expect.stringMatching(/^This may take EUR 0\.\d\d and only EUR 0\.19/),
      });
      expect(outside.launched).toHaveLength(1);
    });

    const ends: [what: string, answers: Parameters<Mock['answers']>, because: RegExp][] = [
      ['a refusal', [{ content: '', finishReason: 'refusal' }], /refused/],
      ['an overloaded Claude', [{ error: { message: 'x', type: 'overloaded_error' }, status: 529 }], /529/],
      [
        'talk instead of an answer',
        [{ content: 'I think it is fine.' }],
        /no answer that can be read in 4 turns/,
      ],
      [
        'answers in the wrong form',
        [calls('answer', { hypotheses: 'all of them' })],
        /no answer that can be read/,
      ],
      ['looking for ever', [calls('look', { what: 'metrics', of: 'app-03' })], /no answer that can be read/],
      ['an answer cut off', [{ content: 'The he', finishReason: 'length' }], /longer than it may be/],
    ];
    test.each(ends)('%s ends the turn, and the rules stand', async (_, answers, because) => {
      claude.answers(...answers);
      const incident = await begin.leak();
      const last = (await shift.log(incident.id)).findLast((one) => one.kind === 'unargued');
      expect(last?.facts).toMatchObject({ because: expect.stringMatching(because) });
      expect(await shift.incident(incident.id)).toMatchObject({ cause: { kind: 'memory-leak' } });
      expect(outside.launched).toHaveLength(1);
    });

    test('a wrong form is said, and the next answer is heard', async () => {
      claude.answers(classified, calls('answer', { hypotheses: 'all' }), answered(0.9));
      const incident = await begin.leak();
      expect(claude.sent().at(-1)).toContain('Not heard, because of its form');
      expect((await second(incident)).argued?.rootCause).toHaveLength(1);
    });

    test('after a crash between two questions it goes on from the row, and nothing is asked twice', async () => {
      claude.answers(classified, calls('look', { what: 'metrics', of: 'app-03' }), answered(0.9));
      const incident = await rulesOnly();
      for (const [step, asked] of [
        [1, 1],
        [2, 2],
        [3, 2],
        [4, 3],
      ] as const) {
        // The job that is due is lost with its process and found again: the row alone says where to go on.
        await sql`delete from pgboss.job where name = 'argue'`.execute(shift.db);
        await argue(shift.responder, incident.id);
        expect(await turn()).toMatchObject({ step });
        expect(claude.asked()).toBe(asked);
      }
      await argue(shift.responder, incident.id);
      expect(claude.asked()).toBe(3);
      expect(await turn()).toMatchObject({ because: 'It answered.' });
    });

    test('two processes at one step: one of them is heard', async () => {
      claude.answers(classified, answered(0.9));
      const incident = await rulesOnly();
      await argue(shift.responder, incident.id);
      await Promise.all([argue(shift.responder, incident.id), argue(shift.responder, incident.id)]);
      const diagnoses = (await kinds(incident)).filter((kind) => kind === 'diagnosis');
      expect(diagnoses).toHaveLength(2);
    });

    test('a kill switch ends the turn before the next question', async () => {
      claude.answers(classified, answered(0.9));
      const incident = await rulesOnly();
      await transact(shift.db, (tx) => setKill(tx, 'tool:argue', 'operator'));
      await shift.work('argue');
      expect(claude.asked()).toBe(0);
      expect(await turn()).toMatchObject({ because: 'The kill switch for tool:argue is thrown.' });
      expect((await shift.incident(incident.id)).status).toBe('remediating');
    });

    test('begun afresh meanwhile, an old turn says nothing', async () => {
      claude.answers(classified, answered(0.1));
      const incident = await rulesOnly();
      await argue(shift.responder, incident.id);
      await sql`update incident set attempt = attempt + 1`.execute(shift.db);
      await argue(shift.responder, incident.id);
      expect(await kinds(incident)).toEqual(['evidence', 'diagnosis', 'routed']);
      expect((await shift.incident(incident.id)).cause?.confidence).toBe(incident.cause?.confidence);
    });
  });
}
