// The cards that tell people how they decide, and how a worker did over a quarter.
import type { Card } from '../../src/chat/card.ts';
import type { IncidentId, PersonId, WorkerId } from '../../src/ids.ts';
import type { Habits } from '../../src/scorecards/habits.ts';
import type { Figure } from '../../src/scorecards/kpi.ts';
import { reportingSchema } from '../../src/scorecards/reporting.ts';
import { reviewCard } from '../../src/scorecards/review/card.ts';
import type { Words, Written } from '../../src/scorecards/review/review.ts';
import { habitsCard } from '../../src/scorecards/trust/card.ts';
import { ada, maria } from './cards.ts';

const reporting = reportingSchema.parse({});

export function everyHabit(): [what: string, card: Card][] {
  const usual: Habits = {
    ...{
      person: 'p-oncall' as PersonId,
      decided: 24,
      yes: 17 / 24,
      quick: 3 / 24,
      seconds: 125,
      enquired: 2,
    },
    ...{ regretted: [], often: [{ what: 'Restart *checkout*', times: 6 }], found: [] },
  };
  const around = { by: ada, reporting, off: false };
  const regretted = ['inc-7', 'inc-12'] as IncidentId[];
  const stamping = { yes: 1, quick: 0.5, seconds: 11, regretted, found: ['rubber-stamping' as const] };
  const doubting = { yes: 10 / 24, quick: 0, enquired: 20, found: ['over-reviewing' as const] };
  return [
    ['habits-usual', habitsCard(usual, around)],
    ['habits-few', habitsCard({ ...usual, decided: 3 }, around)],
    ['habits-off', habitsCard(usual, { ...around, off: true })],
    ['habits-stamping', habitsCard({ ...usual, ...stamping }, around)],
    ['habits-doubting', habitsCard({ ...usual, ...doubting }, around)],
  ];
}

const figure = (kpi: string, value: number | null, target: number | null, of = 24): Figure => {
  return { kpi, value, of, silent: 0, least: 5, target, rows: [] };
};

/** A quarter in which everything has something to say. */
export const quarter: Written = {
  ...{ worker: 'rex' as WorkerId, name: 'Rex', role: 'Resolution worker', version: 2, quarter: '2026-Q3' },
  objective:
    'Mends what a runbook covers under policy, asks for the rest and rolls back what did not *help*.',
  ...{ from: '2026-06-30T22:00:00.000Z', to: '2026-09-30T22:00:00.000Z', timezone: 'Europe/Berlin' },
  currency: 'EUR',
  figures: [
    figure('mttr', 3.1, null),
    figure('alone', 0.94, 0.9),
    figure('rated', 4.2, 4),
    figure('errors', 0.02, 0.05),
    figure('decisions', 0.96, 0.9),
    figure('satisfaction', null, 0.8, 3),
    figure('violations', 0, 0),
  ],
  before: [figure('mttr', 4.4, null), figure('decisions', 0.91, 0.9)],
  escalated: [
    { incident: 'inc-7' as IncidentId, because: 'No known cause fits.' },
    { incident: 'inc-9' as IncidentId, because: 'The confidence fell to 40 %.' },
  ],
  badly: ['inc-3', 'inc-4', 'inc-5', 'inc-6'].map((id) => ({ id, says: 'restart-service did not help' })),
  proposal: {
    kind: 'expand',
    because: [
      'All 5 targets that can be told of are met.',
      'roll-back-deployment was approved 24 times, and nothing of it turned out badly.',
    ],
    moves: [{ tool: 'roll-back-deployment', from: 'ask', to: 'autonomous' }],
  },
};
export const words: Words = {
  ratings: [
    { person: maria, stars: 5, line: 'Quick, and *tells* why.', at: new Date('2026-07-06T08:00:00Z') },
    { person: maria, stars: 4, line: null, at: new Date('2026-07-13T08:00:00Z') },
  ],
  wrong: [
    { incident: 'inc-4' as IncidentId, line: 'The index was full, not the memory.' },
    { incident: null, line: 'It named <two> servers that are gone.' },
  ],
};
const none: Words = { ratings: [], wrong: [] };

export function everyReview(): [what: string, card: Card][] {
  const proposing = (
    kind: Written['proposal']['kind'],
    because: string,
    moves: Written['proposal']['moves'] = [],
  ) => {
    return { ...quarter, escalated: [], badly: [], proposal: { kind, because: [because], moves } };
  };
  const back = [{ tool: 'restart-service', from: 'autonomous' as const, to: 'ask' as const }];
  const silent = quarter.figures.map((one) => ({ ...one, value: null, of: 2 }));
  const little = {
    ...proposing('keep', 'Deeds that helped: not enough data (2 of 5).'),
    figures: silent,
    before: [],
  };
  return [
    ['review-expand', reviewCard({ written: quarter, words, by: ada })],
    [
      'review-narrow',
      reviewCard({
        written: proposing('narrow', 'Deeds that helped: 70 %, wanted at least 90 %.', back),
        words: none,
        by: ada,
      }),
    ],
    [
      'review-retire',
      reviewCard({
        written: proposing('retire', 'Of 120 that came up for its duties it took part in 1: less than 2 %.'),
        words: none,
        by: ada,
      }),
    ],
    ['review-keep', reviewCard({ written: little, words: none, by: ada, soFar: true })],
  ];
}
