import { describe, expect, test } from 'vitest';
import type { Charter } from '../../src/charter/charter.ts';
import type { Card } from '../../src/chat/card.ts';
import { render } from '../../src/chat/slack/render.ts';
import { render as renderTeams } from '../../src/chat/teams/render.ts';
import type { IncidentId, PersonId, WorkerId } from '../../src/ids.ts';
import type { Incident, Status } from '../../src/incidents/incident.ts';
import { type OfPeople, standupCard } from '../../src/standup/card.ts';
import { type Rows, standup } from '../../src/standup/standup.ts';
import type { Line, Told } from '../../src/standup/told.ts';
import { speech, teamsSpeech } from '../chat/cards.ts';
import { manifests } from '../shift.ts';
import {
  approval,
  asked,
  at,
  busy,
  cause,
  deed,
  incident,
  leak,
  links,
  none,
  passed,
  telling,
  unlinked,
  weekend,
} from './rows.ts';

const ada = { name: 'Ada', role: 'Monitoring worker', avatar: ':owl:' };
const nobody: OfPeople = { said: [], asked: [] };

/** A line in words: people by id, times as hours. */
function words(line: Line): string {
  const each = line.map((said) => {
    if (typeof said === 'string') return said;
    if ('incident' in said) return said.incident;
    if ('person' in said) return `@${said.person}`;
    if ('time' in said) return said.time.toISOString().slice(11, 16);
    if ('bold' in said) return said.bold;
    return 'text' in said ? said.text : said.code;
  });
  return each.join('');
}

/** Every line that is told, by whom. */
function told(rows: Partial<Rows>, changed: Partial<typeof telling> = {}): string[] {
  const { needs, workers } = standup({ ...none, ...rows }, { ...telling, ...changed });
  return [
    ...needs.lines.map((line) => `needs: ${words(line)}`),
    ...workers.flatMap(({ name, lines }) => lines.map(({ part, says }) => `${name} ${part}: ${words(says)}`)),
  ];
}

const golden = (card: Card) => `${JSON.stringify(card, undefined, 2)}\n`;

test('a weekend of four workers: what needs people first, then each worker’s own', async () => {
  const card = standupCard(standup(weekend, telling), nobody, ada, links);
  await expect(golden(card)).toMatchFileSnapshot('../golden/standup.json');
});

test('without news it is one line for all', async () => {
  const card = standupCard(standup(none, telling), nobody, ada, links);
  await expect(golden(card)).toMatchFileSnapshot('../golden/standup-quiet.json');
  expect(card.blocks).toHaveLength(2);
});

test('a busy worker is told in a few lines, and how many there are more', async () => {
  const card = standupCard(busy(1, 20), nobody, ada, unlinked);
  await expect(golden(card)).toMatchFileSnapshot('../golden/standup-busy.json');
});

test('what people told stands below, with who is asked and has not', async () => {
  const of: OfPeople = {
    said: [{ person: 'maria' as PersonId, words: 'yesterday *db-02*, today holidays' }],
    asked: ['robin' as PersonId],
  };
  const card = standupCard(standup(none, telling), of, ada, links);
  await expect(golden(card)).toMatchFileSnapshot('../golden/standup-people.json');
});

describe('whose line it is', () => {
  const rows: [what: string, rows: Partial<Rows>, says: string[]][] = [
    [
      'the cause is its finder’s, the mending its mender’s, and said once',
      { incidents: [incident(1, 'search', 'closed', { cause: leak })], phases: [cause(1, leak.says)] },
      [
        'Ada done: Opened inc-1 on search',
        'Iris done: inc-1 on search: search leaks memory, 92 % sure',
        'Rex done: inc-1 on search mended and verified within 12 min',
      ],
    ],
    [
      'a cause that was found before is told with the mending',
      {
        incidents: [
          incident(1, 'search', 'closed', { cause: leak, openedAt: at(19, 7), endedAt: at(21, 7) }),
        ],
        deeds: [deed(1, 'Restart search-01')],
      },
      [
        'Rex done: inc-1 on search mended and verified within 2 d: search leaks memory. Restart search-01, alone',
      ],
    ],
    [
      'a false alarm is theirs who raised it',
      {
        incidents: [
          incident(2, 'orders', 'false-alarm', { worker: 'iris' as WorkerId, openedAt: at(19, 1) }),
        ],
      },
      ['Ada done: False alarm: inc-2 on orders'],
    ],
    [
      'of many steps two are named',
      {
        incidents: [incident(1, 'search', 'closed')],
        deeds: [deed(1, 'A'), deed(1, 'B', false), deed(1, 'C'), deed(1, 'D')],
      },
      [
        'Ada done: Opened inc-1 on search',
        'Rex done: inc-1 on search mended and verified within 12 min. A, alone; B, after an approval; 2 more',
      ],
    ],
    [
      'what did not help and was rolled back',
      {
        incidents: [incident(1, 'search', 'escalated', { openedAt: at(19, 1) })],
        phases: [{ ...cause(1, null), kind: 'undone', worker: 'rex' as WorkerId }],
      },
      [
        'needs: Who is on call: take inc-1 on search',
        'Rex done: inc-1 on search: what was done did not help, and is undone as far as it can be',
        'Rex blocked: inc-1 on search waits for a person',
      ],
    ],
    [
      'a deed without an incident, and one of a worker that is gone',
      { deeds: [deed(null, 'Reset a password', false), deed(null, 'Sync a clock', true, 'gone')] },
      ['Ada done: Sync a clock, alone', 'Rex done: Reset a password, after an approval'],
    ],
    [
      'whom routing handed to, and what it asked people about that is mended since',
      {
        incidents: [incident(1, 'search', 'verifying', { openedAt: at(19, 1) })],
        passed: [passed(1), passed(9)],
        phases: [{ ...cause(1, null), kind: 'escalated', worker: 'nora' as WorkerId }],
      },
      [
        'Nora done: Asked people about inc-1 on search',
        'Nora done: Handed to Rex: inc-1 on search, inc-9',
        'Rex next: inc-1 on search: see that it stays mended',
      ],
    ],
    [
      'signals that opened nothing are counted',
      {
        signals: [
          { service: 'catalog', count: 3 },
          ...['a', 'b', 'c', 'd'].map((service) => ({ service, count: 1 })),
        ],
      },
      ['Ada done: Told of 7 signals that opened nothing: catalog 3, a 1, b 1, c 1, 1 services more'],
    ],
    [
      'what is one with another',
      {
        incidents: [
          incident(1, 'search', 'merged', { mergedInto: 'inc-2' as IncidentId, openedAt: at(19, 1) }),
        ],
      },
      ['Rex done: inc-1 on search was part of inc-2'],
    ],
    [
      'what happened before is not told again',
      { incidents: [incident(1, 'search', 'closed', { openedAt: at(1, 1), endedAt: at(20, 8) })] },
      [],
    ],
  ];
  test.each(rows)('%s', (_, given, says) => {
    expect(told(given)).toEqual(says);
  });

  test('one worker with every duty tells each incident once', () => {
    const [first] = manifests.charters as [Charter, ...Charter[]];
    const all: Charter = { ...first, duties: ['monitoring', 'analysis', 'routing', 'resolution'] };
    const own = { worker: 'ada' as WorkerId };
    const given = {
      incidents: [incident(1, 'search', 'closed', { cause: leak, ...own })],
      phases: [{ ...cause(1, leak.says), ...own }],
      passed: [{ ...passed(1, 'ada'), from: own.worker }],
      deeds: [deed(1, 'Restart search-01', true, 'ada')],
    };
    expect(told(given, { team: [all], workers: [own.worker] })).toEqual([
      'Ada done: inc-1 on search mended and verified within 12 min: search leaks memory. Restart search-01, alone',
    ]);
  });

  test('those of another cadence are told of elsewhere, and what needs people for them as well', () => {
    expect(told(weekend, { workers: ['iris' as WorkerId] })).toEqual([
      'Iris done: inc-1 on search: search leaks memory, 92 % sure',
      'Iris done: inc-3 on checkout: checkout 2.1 is failing, 84 % sure',
      'Iris done: inc-4 on catalog: nothing known fits',
    ]);
    expect(told(weekend, { workers: ['rex' as WorkerId] })[0]).toMatch(
      /^needs: Who is on call or a governor/,
    );
  });
});

describe('what is next on an open incident, and what it waits for', () => {
  const open = (status: Status, changed: Partial<Incident> = {}) =>
    told({ incidents: [incident(1, 'search', status, { openedAt: at(1, 1), ...changed })] });
  const rows: [status: Status, says: string[]][] = [
    ['investigating', ['Rex next: inc-1 on search: find the cause']],
    ['routing', ['Rex next: inc-1 on search: decide who or what mends it']],
    ['remediating', ['Rex next: inc-1 on search: follow its runbook']],
    ['verifying', ['Rex next: inc-1 on search: see that it stays mended']],
    ['undoing', ['Rex next: inc-1 on search: roll back what did not help']],
    ['verified', ['Rex next: inc-1 on search: write its post-mortem']],
    ['taken', ['Rex next: inc-1 on search: watch while a person mends it']],
  ];
  test.each(rows)('%s', (status, says) => {
    expect(open(status)).toEqual(says);
  });

  test('paused, waiting for a decision, or with a person', () => {
    expect(open('remediating', { pausedBy: 'robin' as PersonId })).toEqual([
      'Rex blocked: inc-1 on search is paused by @robin',
    ]);
    expect(open('taken', { owner: 'dana' as PersonId })).toEqual([
      'Rex next: inc-1 on search: watch while @dana mends it',
    ]);
    const waiting = { incidents: [incident(3, 'search', 'remediating', { openedAt: at(1, 1) })] };
    expect(told({ ...waiting, approvals: [approval('Restart it')] })).toEqual([
      'needs: Who is on call or a governor: decide on Restart it (inc-3), before 12:05',
      'Rex blocked: inc-3 on search waits for a decision',
    ]);
  });
});

describe('what needs people, and whom', () => {
  const stuck = (changed: Partial<ReturnType<typeof asked>>) =>
    told({
      incidents: [incident(4, 'catalog', 'escalated', { openedAt: at(1, 1) })],
      asked: [asked(4, { because: 'It is unknown.', ...changed })],
    })[0];
  const decision = (changed: Parameters<typeof approval>[1]) =>
    told({ approvals: [approval('Do it', changed)] })[0];
  const rows: [what: string, says: string | undefined, wanted: string][] = [
    ['the role in words', stuck({}), 'Who is on call: take inc-4 on catalog. It is unknown.'],
    ['asked by name', stuck({ next: 'dana' as PersonId }), '@dana: take inc-4 on catalog. It is unknown.'],
    [
      'one person wanted by another',
      stuck({ by: 'maria' as PersonId, asks: { roles: [], people: ['dana' as PersonId] } }),
      '@dana: take inc-4 on catalog. It is unknown.',
    ],
    [
      'the only one who may decide',
      decision({ terms: { seats: [['database-owner']] } as never }),
      '@dana: decide on Do it (inc-3), before 12:05',
    ],
    [
      'the only one left who may',
      decision({ excluded: ['maria' as PersonId], terms: { seats: [['on-call']] } as never, incident: null }),
      '@robin: decide on Do it, before 12:05',
    ],
    [
      'two seats',
      decision({ terms: { seats: [['governor'], ['database-owner', 'on-call']] } as never }),
      'A governor, and a database owner or who is on call: decide on Do it (inc-3), before 12:05',
    ],
  ];
  test.each(rows)('%s', (_, says, wanted) => {
    expect(says).toBe(`needs: ${wanted}`);
  });

  test('decisions by when they lapse, then incidents by how bad they are, then what is late', () => {
    const given = {
      approvals: [approval('Later', { expiresAt: at(24, 9) }), approval('Sooner')],
      incidents: [
        incident(3, 'search', 'escalated', { severity: 3 }),
        incident(4, 'orders', 'escalated', { severity: 1 }),
      ],
      late: weekend.late,
    };
    expect(told(given).slice(0, 5)).toEqual([
      'needs: Who is on call or a governor: decide on Sooner (inc-3), before 12:05',
      'needs: Who is on call or a governor: decide on Later (inc-3), before 09:00',
      'needs: Who is on call: take inc-4 on orders',
      'needs: Who is on call: take inc-3 on search',
      'needs: @dana: Check the alert on free disk space, due 2026-11-20 (task 2 of inc-0)',
    ]);
  });
});

test('what is only foretold is no incident: it is told as a prediction, without how long it took', () => {
  const foretold = { ...leak, says: 'free disk space used up on db-01' };
  const prediction = (nth: number, status: Status, changed: Partial<Incident> = {}) =>
    incident(nth, 'orders', status, { kind: 'prediction', cause: foretold, openedAt: at(1, 1), ...changed });
  const incidents = [
    prediction(1, 'closed', { mitigatedAt: at(21, 7, 5) }),
    prediction(2, 'closed'),
    prediction(4, 'remediating'),
    prediction(5, 'watching', { openedAt: at(22, 1) }),
  ];
  expect(told({ incidents })).toEqual([
    'Ada done: Foretold inc-5 on orders',
    'Rex done: prediction inc-1 on orders, prevented: free disk space used up on db-01',
    'Rex done: prediction inc-2 on orders, did not come: free disk space used up on db-01',
    'Rex next: prediction inc-4 on orders: prevent it, once a person says so',
    'Rex next: prediction inc-5 on orders: watch whether it comes',
  ]);
});

describe('it stays one page', () => {
  const lines = ({ needs, workers }: Told) =>
    needs.lines.length + workers.reduce((sum, one) => sum + one.lines.length, 0);
  const rows: [workers: number, each: number, of: string][] = [
    [1, 20, '6 + 15 more'],
    [4, 20, '6 + 15 more'],
    [9, 20, '4 + 17 more'],
    [12, 20, '3 + 18 more'],
    [40, 20, '3 + 18 more'],
    [4, 1, '2 + 0 more'],
    [4, 6, '7 + 0 more'],
  ];
  test.each(rows)('%i workers with %i mended each', (workers, each, of) => {
    const page = busy(workers, each);
    expect(page.workers).toHaveLength(Math.min(12, workers));
    for (const one of page.workers) expect(`${one.lines.length} + ${one.more} more`).toBe(of);
    expect(page.besides.workers).toBe(Math.max(0, workers - 12));
    expect(lines(page)).toBeLessThanOrEqual(48);
    const card = standupCard(page, nobody, ada, links);
    const drawn = [render(card, 'roster-1', speech), renderTeams(card, teamsSpeech)].map((one) =>
      JSON.stringify(one),
    );
    for (const one of drawn) expect(one).not.toContain('not shown here');
  });
});
