import type { ApprovalId, IncidentId, PersonId } from '../ids.ts';
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
  /** What they approved and turned out badly: the incidents, or the question where there was none. */
  regretted: (IncidentId | ApprovalId)[];
  /** On how many they asked for more. */
  enquired: number;
  /** What was asked of them more than once, the most frequent first. */
  often: { what: string; times: number }[];
  found: Finding[];
}

/** Over-trust: yes to all, at once. Under-trust: no to what helps, or asking for more of everything. */
export type Finding = 'rubber-stamping' | 'over-reviewing';

/** On how many requests somebody asked for more. */
export interface Enquired {
  person: PersonId;
  questions: number;
}

/** Everybody who decided enough to say something of it, in the order of their ids. Pure. */
export function habitsOf(questions: Asked[], enquired: Enquired[], reporting: Reporting): Habits[] {
  const people = new Set(questions.flatMap(({ answers }) => answers.map(({ person }) => person)));
  return [...people]
    .toSorted()
    .map((person) => habitsOfOne(person, questions, enquired, reporting))
    .filter(({ decided }) => decided >= reporting.minimum.approvals);
}

/** One person's, however few their decisions are; nothing is found below the least sample. Pure. */
export function habitsOfOne(
  person: PersonId,
  questions: Asked[],
  enquired: Enquired[],
  { habits, minimum }: Reporting,
): Habits {
  const all = questions.flatMap((question) =>
    question.answers.filter((given) => given.person === person).map((given) => ({ question, given })),
  );
  const took = all.map(({ question, given }) => (given.at.getTime() - question.askedAt.getTime()) / 1_000);
  const yes = shareOf(all, ({ given }) => given.answer === 'approve');
  const quick = shareOf(took, (seconds) => seconds < habits.seconds);
  const badly = all.filter(({ question, given }) => question.regretted && given.answer === 'approve');
  const asked = enquired.find((one) => one.person === person)?.questions ?? 0;
  const stamping = quick >= habits.quick && yes >= habits.yes;
  // No to at least half, or a question back on nearly everything, of deeds that people otherwise approve.
  const doubting = 1 - yes >= 0.5 || asked / all.length >= 0.8;
  const found: Finding[] = stamping ? ['rubber-stamping'] : doubting ? ['over-reviewing'] : [];
  return {
    ...{ person, decided: all.length, yes, quick, seconds: middle(took), enquired: asked },
    regretted: [...new Set(badly.map(({ question }) => question.incident ?? question.id))],
    often: oftenIn(all.map(({ question }) => question.what)),
    found: all.length >= minimum.approvals ? found : [],
  };
}

function oftenIn(all: string[]): Habits['often'] {
  const counted = [...Map.groupBy(all, (what) => what)].map(([what, same]) => ({ what, times: same.length }));
  return counted.filter(({ times }) => times > 1).toSorted((a, b) => b.times - a.times);
}

function shareOf<T>(all: T[], which: (one: T) => boolean): number {
  return all.length === 0 ? 0 : all.filter(which).length / all.length;
}

function middle(all: number[]): number {
  const sorted = all.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2;
}
