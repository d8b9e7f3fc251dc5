// The cards that tell people how they decide, and how a worker did over a quarter.
import type { Card } from '../../src/chat/card.ts';
import type { IncidentId, PersonId } from '../../src/ids.ts';
import type { Habits } from '../../src/scorecards/habits.ts';
import { reportingSchema } from '../../src/scorecards/reporting.ts';
import { habitsCard } from '../../src/scorecards/trust/card.ts';
import { ada } from './cards.ts';

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
