import type { PersonId } from '../ids.ts';
import type { Asked } from './facts.ts';
import type { Reporting } from './reporting.ts';

/** How somebody decides, by numbers alone: told to that person and to nobody else. */
export interface Habits {
  person: PersonId;
  decided: number;
  /** Share of yes among what they decided, 0–1. */
  yes: number;
  /** Seconds from being asked to deciding, the middle. */
  seconds: number;
  /** Share decided quicker than the setting says that one can read. */
  quick: number;
  /** What they approved and turned out badly. */
  regretted: number;
  found: Finding[];
}

/** Over-trust: yes to all, at once. Under-trust: no to what helps, or asking for more of everything. */
export type Finding = 'rubber-stamping' | 'over-reviewing';

/** What somebody asked about before deciding; how often. */
export interface Enquired {
  person: PersonId;
  questions: number;
}

/** Everybody who decided enough to say something of it, in the order of their ids. Pure. */
export function habitsOf(questions: Asked[], enquired: Enquired[], { habits, minimum }: Reporting): Habits[] {
  const answers = questions.flatMap((question) => question.answers.map((given) => ({ question, given })));
  const byPerson = Map.groupBy(answers, ({ given }) => given.person);
  return [...byPerson]
    .filter(([, all]) => all.length >= minimum.approvals)
    .map(([person, all]): Habits => {
      const took = all.map(
        ({ question, given }) => (given.at.getTime() - question.askedAt.getTime()) / 1_000,
      );
      const yes = shareOf(all, ({ given }) => given.answer === 'approve');
      const quick = shareOf(took, (seconds) => seconds < habits.seconds);
      const regretted = all.filter(
        ({ question, given }) => question.regretted && given.answer === 'approve',
      ).length;
      const asked = enquired.find((one) => one.person === person)?.questions ?? 0;
      const stamping = quick >= habits.quick && yes >= habits.yes;
      // No to at least half, or a question back on nearly everything, of deeds that people otherwise approve.
      const doubting = 1 - yes >= 0.5 || asked / all.length >= 0.8;
      return {
        ...{ person, decided: all.length, yes, quick, regretted, seconds: middle(took) },
        found: stamping ? ['rubber-stamping'] : doubting ? ['over-reviewing'] : [],
      };
    })
    .toSorted((a, b) => (a.person < b.person ? -1 : 1));
}

function shareOf<T>(all: T[], which: (one: T) => boolean): number {
  return all.filter(which).length / all.length;
}

function middle(all: number[]): number {
  const sorted = all.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2;
}
