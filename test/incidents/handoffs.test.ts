// Four workers, one incident: who does what, what is handed over, and what happens when a receiver does not take it.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import { propose } from '../../src/actions/propose.ts';
import { action, actionsOf } from '../../src/actions/read.ts';
import type { Entry } from '../../src/audit/entry.ts';
import type { Charter } from '../../src/charter/charter.ts';
import type { WorkerId } from '../../src/ids.ts';
import { handoffsOf } from '../../src/incidents/handoffs/read.ts';
import { tendHandoffs } from '../../src/incidents/handoffs/tend.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { intervene } from '../../src/incidents/intervene.ts';
import { remediate } from '../../src/incidents/remediate.ts';
import { routeIncident } from '../../src/incidents/route-incident.ts';
import { databases } from '../databases.ts';
import { manifests, robin, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { onShift } from './on-shift.ts';
import { openOutside } from './outside.ts';

const { charters } = manifests;
/** The shipped charters, with one of them changed. */
const but = (worker: string, changed: Partial<Charter>): Charter[] =>
  charters.map((one) => (one.worker === worker ? { ...one, ...changed } : one));
const rex = charters.find(({ worker }) => worker === 'rex');
if (!rex) throw new Error('There is no charter of Rex.');
/** Resolution's second worker, for another service. */
const ole: Charter = { ...rex, worker: 'ole' as WorkerId, name: 'Ole', services: ['search'] };

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`four workers on one incident, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let begin: ReturnType<typeof begun>;
    onShift(open, outside, (one) => {
      shift = one;
      begin = begun(one, outside);
    });

    const doer = ({ by }: Entry) => ('worker' in by ? by.worker : 'person' in by ? by.person : by.roster);
    const kinds = async ({ id }: Incident) => (await shift.log(id)).map(({ kind }) => kind);
    const handed = async ({ id }: Incident) =>
      (await handoffsOf(shift.db, id)).map(({ from, to, acceptedBy, refused }) => {
        const sender = 'person' in from ? from.person : from.worker;
        return [sender, to.worker, acceptedBy ?? (refused ? 'refused' : 'open')];
      });
    /** All jobs but those named are done until nothing is due at once. */
    const workBut = async (not: string) => {
      await sql`update pgboss.job set state = 'cancelled' where name = ${not} and state = 'created'`.execute(
        shift.db,
      );
      await shift.work();
    };
    /** A leak, worked on until resolution's job is due, and that job is lost. */
    const untilLost = async (): Promise<Incident> => {
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      for (const job of ['receive-signal', 'investigate', 'route-incident'] as const) await shift.work(job);
      await workBut('remediate');
      return shift.last();
    };
    /** What is in the air was handed over so many minutes ago. */
    const ago = (minutes: number) =>
      sql`update handoff set handed_at = handed_at - make_interval(mins => ${minutes})`.execute(shift.db);

    test('each phase is done, told and audited by its own worker, and handed to the next', async () => {
      const incident = await begin.leak();
      await shift.later();
      expect(await handed(incident)).toEqual([
        ['ada', 'iris', 'iris'],
        ['iris', 'nora', 'nora'],
        ['nora', 'rex', 'rex'],
      ]);
      expect((await shift.log(incident.id)).map(({ kind, worker }) => [kind, worker])).toEqual([
        ['evidence', 'iris'],
        ['diagnosis', 'iris'],
        ['routed', 'nora'],
        ['step', 'rex'],
      ]);
      const about = await shift.audited({ incident: incident.id });
      expect(about.map((one) => [one.kind, doer(one)])).toEqual([
        ['signal.opened', 'ada'],
        ['handoff.made', 'ada'],
        ['handoff.accepted', 'iris'],
        ['evidence.gathered', 'iris'],
        ['diagnosis.made', 'iris'],
        ['handoff.made', 'iris'],
        ['handoff.accepted', 'nora'],
        ['incident.routed', 'nora'],
        ['handoff.made', 'nora'],
        ['handoff.accepted', 'rex'],
        ['action.proposed', 'rex'],
        ['action.running', 'rex'],
        ['action.begun', 'rex'],
        ['action.ended', 'rex'],
      ]);
      expect((await shift.incident(incident.id)).worker).toBe('rex');
    });

    test('a handoff holds intent, confidence, reasons and evidence, and the thread one line of it', async () => {
      const { id } = await begin.leak();
      const [, , last] = await handoffsOf(shift.db, id);
      expect(last).toMatchObject({
        ...{
          intent: 'restart payments on app-03',
          confidence: 0.8,
          evidence: expect.arrayContaining(['E1']),
        },
        reasoning: [
          expect.stringContaining('app-03'),
          'Runbook "Restart a service that leaks memory" mends memory-leak.',
          expect.stringMatching(/^At stake: SEV\d, EUR \d+ a minute, [\d,]+ people an hour, \d+ min /),
        ],
      });
      const routed = (await shift.log(id)).find(({ kind }) => kind === 'routed');
      expect(routed?.facts).toMatchObject({
        handed: expect.stringMatching(/^Nora → Rex: restart payments on app-03, 80 % sure, because E1/),
      });
    });

    test('routing and analysis cannot run a fix, whatever they are sure of', async () => {
      const { id } = await begin.riddle();
      const tools = [
        ['restart-service', { service: 'payments', server: 'app-03' }],
        ['rotate-logs', { server: 'app-01' }],
        ['roll-back-deployment', { service: 'checkout', version: '2.0' }],
      ] as const;
      for (const worker of ['nora', 'iris', 'ada'] as WorkerId[]) {
        for (const [tool, given] of tools) {
          const fix = await propose(shift.gateway, {
            ...{ worker, incident: id, step: null, tool, arguments: given, confidence: 1 },
            ...{
              why: 'It would mend it.',
              evidence: [],
              expected: 'It is mended.',
              request: `${worker} ${tool}`,
            },
          });
          await advance(shift.gateway, fix);
          const name = charters.find((one) => one.worker === worker)?.name;
          expect(await action(shift.db, fix)).toMatchObject({
            status: 'refused',
            output: expect.stringContaining(`${tool} is outside ${name}'s charter`),
          });
        }
      }
      expect(outside.launched).toEqual([]);
    });

    test('resolution refuses what is below its bar: a person is asked, who may have it go on', async () => {
      shift.staff(but('rex', { handoff: { bar: 0.9, minutes: 5 } }));
      const incident = await begin.leak();
      const because =
        'Rex takes on nothing below 90 %, and this is 80 % sure, so a person must decide how to go on.';
      expect(incident).toMatchObject({ status: 'escalated', worker: 'rex', cause: { kind: 'memory-leak' } });
      expect(await shift.log(incident.id)).toContainEqual(
        expect.objectContaining({ kind: 'escalated', facts: { because }, worker: 'rex' }),
      );
      expect(await handed(incident)).toContainEqual(['nora', 'rex', 'refused']);
      expect(outside.launched).toEqual([]);
      await intervene(shift.responder, incident.id, robin, { do: 'choose', words: '1' });
      await shift.work();
      expect(await handed(incident)).toContainEqual([robin.id, 'rex', 'rex']);
      expect(outside.launched).toHaveLength(1);
    });

    test('what nothing known fits is routed to people, not to resolution', async () => {
      await begin.riddle();
      await shift.age(60);
      await shift.later();
      const incident = await shift.last();
      expect(incident).toMatchObject({ status: 'escalated', worker: 'nora' });
      expect((await handed(incident)).map(([, to]) => to)).toEqual(['iris', 'nora']);
    });

    test('a crash between handoff and acceptance loses nothing, and nothing is done twice', async () => {
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      for (const job of ['receive-signal', 'investigate'] as const) await shift.work(job);
      const incident = await shift.last();
      expect(await handed(incident)).toContainEqual(['iris', 'nora', 'open']);
      // The process dies when it has accepted, before it has done anything; its job comes again, also twice at once.
      await Promise.all([1, 2, 3].map(() => routeIncident(shift.responder, incident.id)));
      await Promise.all([1, 2, 3].map(() => remediate(shift.responder, incident.id)));
      await shift.work();
      expect(await handed(incident)).toEqual([
        ['ada', 'iris', 'iris'],
        ['iris', 'nora', 'nora'],
        ['nora', 'rex', 'rex'],
      ]);
      expect(await kinds(incident)).toEqual(['evidence', 'diagnosis', 'routed']);
      const accepted = (await shift.audited({ incident: incident.id })).filter(
        ({ kind }) => kind === 'handoff.accepted',
      );
      expect(accepted).toHaveLength(3);
      expect(await actionsOf(shift.db, incident.id)).toHaveLength(1);
      expect(outside.launched).toHaveLength(1);
    });

    test('a receiver that does not take it in time is replaced by another with the duty, once', async () => {
      shift.staff([...charters, ole]);
      const incident = await untilLost();
      await ago(4);
      await tendHandoffs(shift.responder);
      expect(await handed(incident)).toContainEqual(['nora', 'rex', 'open']);
      await ago(2);
      await Promise.all([1, 2].map(() => tendHandoffs(shift.responder)));
      expect((await handed(incident)).slice(2)).toEqual([
        ['nora', 'rex', 'refused'],
        ['nora', 'ole', 'open'],
      ]);
      expect(await shift.audited({ incident: incident.id })).toContainEqual(
        expect.objectContaining({
          kind: 'handoff.late',
          by: { roster: 'handoffs' },
          because: ['Rex did not take this up within 5 minutes: Ole has it.'],
        }),
      );
      // The first one's job comes all the same, beside the new one.
      await remediate(shift.responder, incident.id);
      await shift.work();
      expect(await actionsOf(shift.db, incident.id)).toMatchObject([{ worker: 'ole' }]);
      expect(outside.launched).toHaveLength(1);
    });

    test('where there is no other, or none of them takes it, a person is asked', async () => {
      const incident = await untilLost();
      await ago(6);
      await tendHandoffs(shift.responder);
      const because =
        'Rex did not take this up within 5 minutes, and no other worker has the duty resolution: a person must go on.';
      expect(await shift.log(incident.id)).toContainEqual(
        expect.objectContaining({ kind: 'escalated', facts: { because } }),
      );
      await remediate(shift.responder, incident.id);
      await shift.work();
      expect(await actionsOf(shift.db, incident.id)).toEqual([]);

      await shift.forget();
      shift.staff([...charters, ole]);
      const next = await untilLost();
      for (const _ of [1, 2, 3]) {
        await ago(6);
        await tendHandoffs(shift.responder);
        await workBut('remediate');
      }
      expect((await handed(next)).slice(2)).toEqual([
        ['nora', 'rex', 'refused'],
        ['nora', 'ole', 'refused'],
      ]);
      expect((await shift.incident(next.id)).status).toBe('escalated');
    });

    test('a handoff that a person has overtaken is let go of', async () => {
      const incident = await untilLost();
      await intervene(shift.responder, incident.id, robin, { do: 'take' });
      await ago(6);
      await tendHandoffs(shift.responder);
      expect((await shift.incident(incident.id)).status).toBe('taken');
      expect(await handed(incident)).toContainEqual(['nora', 'rex', 'refused']);
      await intervene(shift.responder, incident.id, robin, { do: 'hand-back' });
      await shift.work();
      expect((await handed(incident)).slice(3)).toEqual([
        [robin.id, 'iris', 'iris'],
        ['iris', 'nora', 'nora'],
        ['nora', 'rex', 'rex'],
      ]);
      expect(outside.launched).toHaveLength(1);
    });

    test('where one worker has all duties it hands to itself, and the story is the same', async () => {
      const [ada] = charters;
      if (!ada) throw new Error('There is no charter.');
      const { duties: _, ...its } = ada;
      shift.staff([
        { ...its, duties: ['monitoring', 'analysis', 'routing', 'resolution'], authority: rex.authority },
      ]);
      const incident = await begin.leak();
      expect(await kinds(incident)).toEqual(['evidence', 'diagnosis', 'routed']);
      expect(outside.launched).toHaveLength(1);
    });

    test('where nobody has the next duty a person is asked, in a sentence that says what to do', async () => {
      shift.staff(charters.filter(({ worker }) => worker !== 'nora'));
      const incident = await begin.leak();
      expect((await shift.log(incident.id)).findLast(({ kind }) => kind === 'escalated')?.facts).toEqual({
        because:
          'No charter in force has the duty routing for payments, so a person must go on: give it to a worker in manifests/workers and adopt that.',
      });
    });
  });
}
