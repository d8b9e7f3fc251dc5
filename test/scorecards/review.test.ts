import { describe, expect, test } from 'vitest';
import type { ActionId, IncidentId, WorkerId } from '../../src/ids.ts';
import { readManifests } from '../../src/manifests.ts';
import type { Deed } from '../../src/scorecards/facts.ts';
import type { Figure } from '../../src/scorecards/kpi.ts';
import { kpi } from '../../src/scorecards/kpis.ts';
import { reportingSchema } from '../../src/scorecards/reporting.ts';
import { changedBy, changeLines, misfit } from '../../src/scorecards/review/change.ts';
import { reviewMarkdown } from '../../src/scorecards/review/markdown.ts';
import { type Judged, type Proposal, propose } from '../../src/scorecards/review/propose.ts';
import { quarterDue, quarterNamed, quarterOf } from '../../src/scorecards/review/review.ts';
import { words, quarter as written } from '../chat/every-review.ts';

const reporting = reportingSchema.parse({});
const rex = readManifests('manifests').charters.find(({ worker }) => worker === 'rex');
if (!rex) throw new Error('There is no charter of rex.');

const figure = (id: string, value: number | null, rows: string[] = []): Figure => {
  return { kpi: id, value, of: 10, silent: 0, least: 5, target: kpi(id).target ?? null, rows };
};
const good = [
  figure('first-attempt', 0.95),
  figure('decisions', 0.95),
  figure('violations', 0),
  figure('audited', 1),
  // People's, not the worker's.
  figure('time-to-decide', 400),
  figure('lapsed', 0.5),
  figure('mttr', 3),
];
const but = (...changed: Figure[]) => good.map((one) => changed.find(({ kpi: id }) => id === one.kpi) ?? one);

let last = 0;
const deeds = (tool: string, all: number, bad: number): Deed[] =>
  Array.from({ length: all }, (_, nth) => {
    last += 1;
    return {
      ...{ id: `act-${last}` as ActionId, at: new Date(), incident: `inc-${last}` as IncidentId, tool },
      ...{
        worker: 'rex' as WorkerId,
        status: 'done',
        ran: true,
        autonomous: true,
        decided: 'allow',
        approved: false,
      },
      ...{
        health: nth < bad ? 'same' : 'better',
        confidence: 0.9,
        requestedBy: null,
        rollsBack: false,
        audited: true,
      },
    };
  });
const approved = (tool: string, times: number, regretted = 0, risk: 'low' | 'medium' | 'high' = 'medium') => {
  return { tool, approved: times, regretted, risk };
};
const started = new Date('2026-07-01T00:00:00Z');
const usual: Judged = {
  ...{ charter: rex, since: new Date('2026-01-01T00:00:00Z'), quarter: { period: { from: started } } },
  ...{ figures: good, deeds: [], offered: 100, taken: 80, tools: [], reporting },
};

describe('what is proposed for a role', () => {
  const restart = deeds('restart-service', 5, 2);
  const rows: [what: string, judged: Partial<Judged>, kind: Proposal['kind'], moves: string[]][] = [
    ['nothing much done of 100', { taken: 1 }, 'retire', []],
    ['two of 100 done', { taken: 2 }, 'keep', []],
    ['nothing done of too few', { offered: 19, taken: 0 }, 'keep', []],
    ['nothing done by who came in the middle of it', { taken: 0, since: new Date('2026-08-01') }, 'keep', []],
    [
      'a deed against the rules, alone',
      { figures: but(figure('violations', 1, [restart[0]?.id ?? ''])), deeds: restart },
      'narrow',
      ['restart-service autonomous→ask'],
    ],
    [
      'deeds that do not help, of one tool',
      { figures: but(figure('decisions', 0.8)), deeds: [...restart, ...deeds('rotate-logs', 20, 1)] },
      'narrow',
      ['restart-service autonomous→ask'],
    ],
    [
      'deeds that do not help, of a tool used too seldom to tell',
      { figures: but(figure('decisions', 0.8)), deeds: deeds('restart-service', 4, 4) },
      'narrow',
      [],
    ],
    [
      'deeds that do not help, of a tool that is asked for already',
      { figures: but(figure('decisions', 0.8)), deeds: deeds('move-workload', 9, 9) },
      'narrow',
      [],
    ],
    ['first attempts that do not stand', { figures: but(figure('first-attempt', 0.5)) }, 'narrow', []],
    [
      'too little to say of either',
      { figures: but(figure('first-attempt', null), figure('decisions', null)) },
      'keep',
      [],
    ],
    [
      'a tool approved 20 times without a regret',
      { tools: [approved('reset-service', 20), approved('end-sessions', 25)] },
      'expand',
      ['end-sessions ask→autonomous'],
    ],
    ['one approved 19 times', { tools: [approved('reset-service', 19)] }, 'keep', []],
    ['one of them regretted', { tools: [approved('reset-service', 90, 1)] }, 'keep', []],
    ['of high risk', { tools: [approved('change-database', 90, 0, 'high')] }, 'keep', []],
    ['to adopt rules', { tools: [approved('adopt', 90)] }, 'keep', []],
    ['that runs alone already', { tools: [approved('restart-service', 90, 0, 'low')] }, 'keep', []],
    [
      'another target missed',
      { tools: [approved('reset-service', 90)], figures: but(figure('audited', 0.99)) },
      'keep',
      [],
    ],
    [
      'its deeds never judged',
      { tools: [approved('reset-service', 90)], figures: but(figure('decisions', null)) },
      'keep',
      [],
    ],
    ['to retire comes before to narrow', { taken: 0, figures: but(figure('violations', 3)) }, 'retire', []],
  ];
  test.each(rows)('%s', (_, judged, kind, moves) => {
    const proposal = propose({ ...usual, ...judged });
    const told = proposal.moves.map(({ tool, from, to }) => `${tool} ${from}→${to}`);
    expect([proposal.kind, told]).toEqual([kind, moves]);
    expect(proposal.because.length).toBeGreaterThan(0);
  });

  test('where there is too little to say it says so', () => {
    const figures = but(figure('first-attempt', null), { ...figure('decisions', null), of: 3 });
    expect(propose({ ...usual, figures, tools: [approved('reset-service', 2)] }).because).toEqual([
      'Deeds that helped: not enough data (3 of 5).',
      'Not enough data for 2 of its 4 targets.',
    ]);
  });
});

test('the change of a charter is its next version, and the lines to write into its file', () => {
  const moves: Proposal['moves'] = [{ tool: 'reset-service', from: 'ask', to: 'autonomous' }];
  const changed = changedBy(rex, moves);
  expect(changed.version).toBe(rex.version + 1);
  expect(changed.authority.autonomous).toEqual([...rex.authority.autonomous, 'reset-service']);
  expect(changed.authority.ask).toEqual(rex.authority.ask.filter((one) => one !== 'reset-service'));
  expect({ ...changed, version: rex.version, authority: rex.authority }).toEqual(rex);
  expect(changeLines('rex', 2, moves).join('\n')).toBe(`manifests/workers/rex.yaml
-version: 2
+version: 3
 authority:
   autonomous:
+    - reset-service
   ask:
-    - reset-service`);
  expect(misfit(rex, moves)).toBeUndefined();
  expect(misfit(changed, moves)).toBe(
    'Rex\'s charter has reset-service no more under "ask": it was changed since.',
  );
});

test.each([
  ['2026-10-01T05:59:59Z', '2026-Q2'],
  ['2026-10-01T06:00:00Z', '2026-Q3'],
  ['2027-01-03T12:00:00Z', '2026-Q3'],
  ['2027-01-04T07:00:00Z', '2026-Q4'],
])('at %s the quarter that is due is %s', (now, name) => {
  const berlin = reportingSchema.parse({ digest: { timezone: 'Europe/Berlin' } });
  const { due, ...found } = quarterDue(berlin, ['2027-01-01'], new Date(now));
  expect(found.name).toBe(name);
  expect(due <= new Date(now)).toBe(true);
  expect(quarterNamed(berlin, name)).toEqual(found);
  expect(quarterOf(berlin, new Date(found.period.to.getTime() - 1))).toEqual(found);
  expect(found.before.to).toEqual(found.period.from);
});

test('a review as Markdown', async () => {
  const text = reviewMarkdown(written, words, (person) => (person === 'p-maria' ? 'Maria' : person));
  await expect(text).toMatchFileSnapshot('../golden/role-review.md');
});
