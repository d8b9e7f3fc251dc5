// What a fleet says of the rows: what each worker is at and why, what is wrong, what waits, what is in the way.
import { describe, expect, test } from 'vitest';
import type { Text } from '../../src/chat/card.ts';
import { type Fleet, fleetOf, type State } from '../../src/home/fleet.ts';
import { fleetCard, summary } from '../../src/home/fleet-card.ts';
import type { Rows } from '../../src/home/rows.ts';
import type { PersonId, WorkerId } from '../../src/ids.ts';
import {
  ada,
  ago,
  cause,
  charterOf,
  charters,
  deed,
  handed,
  id,
  incident,
  iris,
  nora,
  rex,
  rowsWith,
} from './rows.ts';

const robin = 'p-oncall' as PersonId;
/** The words of a text, times as clocks. */
function words(text: Text): string {
  if (typeof text === 'string') return text;
  return text
    .map((span) => {
      if (typeof span === 'string') return span;
      if ('time' in span) return span.time.toISOString().slice(11, 16);
      return 'bold' in span ? span.bold : 'text' in span ? span.text : '';
    })
    .join('');
}
function memberOf(fleet: Fleet, worker: WorkerId) {
  const found = fleet.members.find((one) => one.worker === worker);
  if (!found) throw new Error(`${worker} is not in the fleet.`);
  return found;
}
const begun = { id: 'memory-leak', version: 1, step: 1 };

describe('what a worker is doing', () => {
  const rows: [what: string, rows: Partial<Rows>, worker: WorkerId, state: State, says: string[]][] = [
    ['nothing is handed to it', {}, iris, 'idle', ['Nothing is handed to it. Its part: analysis.']],
    [
      'watching',
      { signals: 2, cycleMs: 5_000 },
      ada,
      'watching',
      ['Watches 6 services on 12 servers every 5 s: 2 signals are open, last cycle 10:29'],
    ],
    [
      'a cause is looked for',
      { incidents: [incident(7)] },
      iris,
      'working',
      ['inc-7 on checkout: looks for the cause, severity 2, open since 10:26'],
    ],
    [
      'a step runs',
      {
        incidents: [incident(7, { worker: rex, status: 'remediating', runbook: begun, cause: cause() })],
        deeds: [deed(7)],
      },
      rex,
      'working',
      [
        'inc-7 on checkout: follows its runbook, step 2 of 3: Restart checkout on app-01, running since 10:28, because checkout leaks memory (92 % sure)',
      ],
    ],
    [
      'a step waits for people',
      {
        incidents: [incident(7, { worker: rex, status: 'remediating', runbook: begun })],
        deeds: [deed(7, { status: 'waiting', startedAt: null })],
        approvals: [{ incident: id(7), worker: rex, what: 'Restart checkout', expiresAt: ago(-60) }],
      },
      rex,
      'working',
      [
        'inc-7 on checkout: follows its runbook, step 2 of 3: Restart checkout on app-01, waits for a decision until 11:30, severity 2, open since 10:26',
      ],
    ],
    [
      'a person goes through the runbook',
      { incidents: [incident(7, { worker: rex, status: 'remediating', runbook: { ...begun, by: robin } })] },
      rex,
      'working',
      ['inc-7 on checkout: follows its runbook, step 2 of 3 by hand, severity 2, open since 10:26'],
    ],
    [
      'all it has is paused',
      { incidents: [incident(7, { pausedBy: robin })] },
      iris,
      'held',
      ['inc-7 on checkout: paused, then looks for the cause, severity 2, open since 10:26'],
    ],
    [
      'what is urgent comes first',
      {
        incidents: [
          incident(5, { worker: rex, status: 'escalated' }),
          incident(6, { worker: rex, status: 'verifying', cause: cause() }),
          incident(7, { worker: rex, status: 'undoing', severity: 1 }),
        ],
      },
      rex,
      'working',
      [
        'inc-7 on checkout: rolls back what did not help, severity 1, open since 10:26',
        'inc-6 on checkout: watches whether it stays mended, because checkout leaks memory (92 % sure)',
        'inc-5 on checkout: waits for a person, and watches the metrics, severity 2, open since 10:26',
      ],
    ],
    [
      'a prediction is watched',
      { incidents: [incident(7, { worker: rex, kind: 'prediction', status: 'verifying' })] },
      rex,
      'watching',
      ['Prediction inc-7 on checkout: watches whether it is still foretold, severity 2, open since 10:26'],
    ],
    [
      'a person asked for it',
      { deeds: [deed(7, { incident: null, step: null, requestedBy: robin })] },
      rex,
      'working',
      ['Restart checkout on app-01: running since 10:28, because a person asked for it'],
    ],
  ];
  test.each(rows)('%s', (_, changed, worker, state, says) => {
    const member = memberOf(fleetOf(rowsWith(changed)), worker);
    expect(member.doing.map(words)).toEqual(says);
    expect(member.state).toBe(state);
  });
});

describe('what is wrong with a worker', () => {
  const job = {
    name: 'investigate',
    about: 'inc-7',
    running: false,
    tries: 0,
    dueAt: ago(6),
    problem: null,
  } as const;
  const rows: [what: string, rows: Partial<Rows>, worker: WorkerId, state: State, ails: string[]][] = [
    ['nothing', {}, ada, 'watching', []],
    [
      'no cycle for long',
      { signs: [{ worker: ada, at: ago(7), cycle: true }] },
      ada,
      'silent',
      ['No cycle for 7 min: nothing is watched.'],
    ],
    [
      'no cycle at all',
      { signs: [{ worker: ada, at: ago(1), cycle: false }] },
      ada,
      'silent',
      ['No cycle is among the newest entries of the audit: nothing is watched.'],
    ],
    [
      'another watches in its place',
      { signs: [{ worker: rex, at: ago(0), cycle: true }] },
      ada,
      'watching',
      [],
    ],
    [
      'a handoff that it did not take up',
      { handoffs: [handed(7, { at: ago(6) })] },
      rex,
      'silent',
      ['Has not taken up inc-7 for 6 min.'],
    ],
    ['a handoff that is on its way', { handoffs: [handed(7)] }, rex, 'idle', []],
    [
      'nobody goes on with what it has',
      { incidents: [incident(7)], jobs: [job] },
      iris,
      'silent',
      ['Nobody went on with inc-7 for 6 min.'],
    ],
    [
      'a job that fails and fails',
      { incidents: [incident(7)], jobs: [{ ...job, tries: 4, problem: 'Loki did not answer.' }] },
      iris,
      'failing',
      ['inc-7: failed 4 times and is tried again. Loki did not answer.'],
    ],
    [
      'a job that fails for what is not told to people',
      { incidents: [incident(7)], jobs: [{ ...job, tries: 3, problem: 'password authentication failed' }] },
      iris,
      'failing',
      ['inc-7: failed 3 times and is tried again.'],
    ],
    [
      'a thrown switch: what it does not take up is no other sign',
      { kills: [{ scope: 'worker:rex', at: ago(30) }], handoffs: [handed(7, { at: ago(20) })] },
      rex,
      'stopped',
      ['The kill switch for worker:rex is thrown since 10:00'],
    ],
    [
      'an open breaker, and deeds that did not help',
      {
        breakers: [{ worker: rex, tool: 'restart-service', because: 'The circuit breaker is open.' }],
        ran: [{ worker: rex, failed: 5, of: 9 }],
      },
      rex,
      'failing',
      ['The circuit breaker is open.', '5 of its 9 deeds of 24 h failed or did not help.'],
    ],
    [
      'a stopped tool and a paused incident keep it from nothing else',
      {
        kills: [{ scope: 'tool:rotate-logs', at: ago(3) }],
        incidents: [incident(7, { worker: rex, status: 'verifying', pausedBy: robin })],
      },
      rex,
      'watching',
      ['The kill switch for tool:rotate-logs is thrown.', 'Paused: inc-7.'],
    ],
  ];
  test.each(rows)('%s', (_, changed, worker, state, ails) => {
    const member = memberOf(fleetOf(rowsWith(changed)), worker);
    expect(member.ails.map(words)).toEqual(ails);
    expect(member.state).toBe(state);
  });
});

describe('what is in the way', () => {
  const other = (changed: Parameters<typeof deed>[1]) =>
    deed(9, { status: 'ready', startedAt: null, ...changed });
  const ole = charterOf(rex, { worker: 'ole' as WorkerId, name: 'Ole', services: ['search'] });
  const twin = charterOf(rex, { worker: 'twin' as WorkerId, name: 'Twin' });
  const rows: [what: string, rows: Partial<Rows>, says: string[]][] = [
    ['nothing', {}, []],
    [
      'the same step for two incidents is done once',
      { deeds: [deed(7), other({})] },
      ['"Restart checkout on app-01" for inc-9 waits: the same runs for inc-7, and is done once.'],
    ],
    [
      'another step on the same server, asked for',
      {
        deeds: [
          deed(7),
          other({ tool: 'rotate-logs', what: 'Rotate the logs of app-01', status: 'waiting' }),
        ],
      },
      [
        '"Rotate the logs of app-01" for inc-9 waits for a decision while "Restart checkout on app-01" for inc-7 runs on app-01.',
      ],
    ],
    [
      'a step on a service of that server',
      {
        deeds: [
          deed(7),
          other({ target: 'checkout', tool: 'roll-back-deployment', what: 'Roll checkout back' }),
        ],
      },
      [
        '"Roll checkout back" for inc-9 is about to begin while "Restart checkout on app-01" for inc-7 runs on app-01.',
      ],
    ],
    ['a step elsewhere', { deeds: [deed(7), other({ target: 'db-02', tool: 'rotate-logs' })] }, []],
    [
      'two run at once, told once',
      { deeds: [deed(7), deed(9, { tool: 'rotate-logs', what: 'Rotate the logs of app-01' })] },
      [
        '"Rotate the logs of app-01" for inc-9 runs while "Restart checkout on app-01" for inc-7 runs on app-01.',
      ],
    ],
    ['two steps of one incident', { deeds: [deed(7), { ...other({}), incident: id(7) }] }, []],
    [
      'two workers on one service',
      { incidents: [incident(7), incident(9, { worker: rex, status: 'remediating' })] },
      ['On checkout at the same time: Iris (inc-7), Rex (inc-9).'],
    ],
    [
      'two workers on one server, for different services',
      {
        incidents: [
          incident(7, { worker: nora, status: 'routing', cause: cause('app-02') }),
          incident(9, { worker: rex, status: 'remediating', service: 'payments', cause: cause('app-02') }),
        ],
      },
      ['On app-02 at the same time: Nora (inc-7), Rex (inc-9).'],
    ],
    [
      'one of them only watches',
      { incidents: [incident(7), incident(9, { worker: rex, status: 'verifying' })] },
      [],
    ],
    [
      'a stopped worker that is needed: handed to, at work, and next',
      {
        kills: [{ scope: 'worker:rex', at: ago(1) }],
        handoffs: [handed(5)],
        incidents: [
          incident(6, { worker: rex, status: 'remediating' }),
          incident(7, { worker: nora, status: 'routing', service: 'search' }),
        ],
      },
      ['Rex is stopped by a kill switch and needed for inc-5, inc-6, inc-7.'],
    ],
    ['a stopped worker that nobody needs', { kills: [{ scope: 'all', at: ago(1) }] }, []],
    [
      'a worker without a charter',
      { incidents: [incident(7, { worker: 'bo' as WorkerId })] },
      ['bo has no charter in force and still has inc-7.'],
    ],
    [
      'two with one duty for one service',
      { charters: [...charters, twin] },
      [
        'Rex and Twin both have the duty resolution for every service that no charter names: only one of them is handed it.',
      ],
    ],
    ['one for a service of its own', { charters: [...charters, ole] }, []],
  ];
  test.each(rows)('%s', (_, changed, says) => {
    expect(fleetOf(rowsWith(changed)).conflicts.map((one) => one.says)).toEqual(says);
  });
});

describe('what a worker depends on', () => {
  const ole = charterOf(rex, { worker: 'ole' as WorkerId, name: 'Ole', services: ['search'] });
  test('it hands on to whoever has the next duty, by service where that differs', () => {
    const fleet = fleetOf(rowsWith({ charters: [...charters, ole] }));
    expect(memberOf(fleet, ada).hands).toEqual([{ to: 'Iris', duty: 'analysis', services: [] }]);
    expect(memberOf(fleet, nora).hands).toEqual([
      {
        to: 'Rex',
        duty: 'resolution',
        services: ['storefront', 'checkout', 'payments', 'catalog', 'orders'],
      },
      { to: 'Ole', duty: 'resolution', services: ['search'] },
    ]);
    expect(memberOf(fleet, rex).hands).toEqual([]);
  });

  test('it waits for a handoff, a decision and another step, and for what cannot be read', () => {
    const fleet = fleetOf(
      rowsWith({
        handoffs: [handed(5)],
        deeds: [deed(7, { worker: 'ole' as WorkerId }), deed(9, { status: 'ready' })],
        approvals: [{ incident: id(6), worker: rex, what: 'Roll back', expiresAt: ago(-60) }],
        blind: [
          { source: 'metrics', says: 'No metric could be read for 2 cycles.', since: ago(9) },
          { source: 'evidence', says: 'Error logs: Loki did not answer.', since: ago(8) },
        ],
      }),
    );
    expect(memberOf(fleet, nora).waits.map(words)).toEqual(['Rex to take up inc-5, handed over 10:29']);
    expect(memberOf(fleet, rex).waits.map(words)).toEqual([
      'ole, whose "Restart checkout on app-01" runs for inc-7, to begin it for inc-9',
      'data it cannot see since 10:21: No metric could be read for 2 cycles.',
      'a decision on "Roll back" until 11:30',
    ]);
    expect(memberOf(fleet, iris).waits).toHaveLength(2);
  });

  test('its queue and its cost are its own', () => {
    const fleet = fleetOf(
      rowsWith({
        incidents: [incident(7, { worker: rex }), incident(8)],
        handoffs: [handed(5)],
        jobs: ['inc-7', 'inc-8', 'act-3'].map((about) => ({
          ...{ name: 'remediate', about, running: false, tries: 0, dueAt: ago(0), problem: null },
        })) as Rows['jobs'],
        used: [
          { worker: rex, unit: 'calls', used: 12 },
          { worker: iris, unit: 'money', used: 31 },
        ],
      }),
    );
    expect(memberOf(fleet, rex).queue).toEqual({ jobs: 1, approvals: 0, handoffs: 1 });
    expect(memberOf(fleet, rex).cost).toContainEqual({ unit: 'calls', used: 12, most: 500 });
    expect(memberOf(fleet, iris).cost).toContainEqual({ unit: 'money', used: 31, most: 2000 });
  });
});

test('of forty workers those with something wrong are told in full, and all are counted', () => {
  const many = Array.from({ length: 40 }, (_, nth) =>
    charterOf(rex, { worker: `w${nth}` as WorkerId, name: `Worker ${nth}`, services: ['search'] }),
  );
  const fleet = fleetOf(rowsWith({ charters: many, kills: [{ scope: 'worker:w33', at: ago(1) }] }));
  expect(summary(fleet)).toBe('40 workers: 1 stopped, 39 idle; 1 conflict');
  expect(fleet.members[0]?.name).toBe('Worker 33');
  const { blocks } = fleetCard(fleet, { name: 'Ada', role: 'Monitoring worker', avatar: ':owl:' });
  expect(JSON.stringify(blocks)).toContain('idle (39)');
  expect(JSON.stringify(blocks)).toContain('and 19 more');
});
