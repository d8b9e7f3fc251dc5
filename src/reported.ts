// The commands of managing: the fleet, the week, scorecards, calibration, maturity, role reviews, ratings, one's own habits.
import { fleetTold } from './at-home.ts';
import { type Own, type Said, say } from './commanded.ts';
import { digestTold } from './digested.ts';
import type { Core } from './handlers.ts';
import type { Person } from './people/people.ts';
import { rated } from './rated.ts';
import { reviewTold } from './role-review.ts';
import { calibrationTold, maturityTold, scorecardTold } from './scored.ts';
import { habitsTold } from './trusted.ts';

/** What managers are told: everybody may see it, and of habits their own alone. */
export function reports(
  core: Core,
  person: Person,
  { surface, said }: { surface: string; said?: Said | undefined },
): Own[] {
  const alone = said?.direct ?? true;
  return [
    { word: 'fleet', answer: (_, rest) => fleetTold(core, surface, rest) },
    { word: 'digest', answer: (_, rest) => digestTold(core, rest) },
    {
      word: 'scorecard',
      answer: async (desk, rest) => {
        const told = await scorecardTold(core, rest);
        return typeof told === 'string' ? say(desk, told) : told;
      },
    },
    { word: 'calibration', answer: () => calibrationTold(core) },
    { word: 'maturity', answer: () => maturityTold(core) },
    { word: 'review', answer: (_, rest) => reviewTold(core, rest) },
    { word: 'rate', answer: async (desk, rest) => say(desk, await rated(core, person, rest)) },
    { word: 'habits', answer: (_, rest) => habitsTold(core, person, { rest, alone }) },
  ];
}
