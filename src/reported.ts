// The commands of managing: the week, role reviews, ratings, one's own habits.
import { type Own, type Said, say } from './commanded.ts';
import { digestTold } from './digested.ts';
import type { Core } from './handlers.ts';
import type { Person } from './people/people.ts';
import { rated } from './rated.ts';
import { reviewTold } from './role-review.ts';
import { habitsTold } from './trusted.ts';

/** What managers are told: everybody may see it, and of habits their own alone. */
export function reporting(core: Core, person: Person, said: Said | undefined): Own[] {
  const alone = said?.direct ?? true;
  return [
    { word: 'digest', answer: (_, rest) => digestTold(core, rest) },
    { word: 'review', answer: (_, rest) => reviewTold(core, rest) },
    { word: 'rate', answer: async (desk, rest) => say(desk, await rated(core, person, rest)) },
    { word: 'habits', answer: (_, rest) => habitsTold(core, person, { rest, alone }) },
  ];
}
