import type { Figure } from './kpi.ts';
import { figureSays, kpi, valueSays } from './kpis.ts';

export const levels = [
  { level: 1, name: 'reactive', means: 'People notice, people mend.' },
  { level: 2, name: 'watched', means: 'The foundation stands: everything is seen, known and has a runbook.' },
  { level: 3, name: 'trusted signals', means: 'What is told is worth reading.' },
  { level: 4, name: 'explained', means: 'Causes come by themselves, in time, and stand.' },
  {
    level: 5,
    name: 'continuous optimisation',
    means: 'Most is mended or prevented without a person; what is learnt shows.',
  },
] as const;
export type Level = (typeof levels)[number]['level'];

/** What must hold before the level after `leaves` is reached. */
export type Criterion = { leaves: Exclude<Level, 5>; source: string } & (
  | { kpi: string; atLeast: number }
  | { kpi: string; atMost: number }
  | { foundation: keyof Foundation; says: string; atLeast: number }
  | { foundation: keyof Foundation; says: string; atMost: number }
);

/** What no figure tells: counted by `npm run roster -- doctor`. Null where it could not be looked at. */
export interface Foundation {
  darkServers: number | null;
  months: number | null;
  uncovered: number | null;
}

/** The exit criteria, each measured over the last four weeks unless it is of the foundation. */
export const criteria: Criterion[] = [
  { leaves: 1, foundation: 'darkServers', says: 'servers nobody sees', atMost: 0, source: '[73]' },
  { leaves: 1, foundation: 'months', says: 'months with known incidents', atLeast: 12, source: '[73]' },
  {
    leaves: 1,
    foundation: 'uncovered',
    says: 'of the 20 most frequent kinds without a runbook',
    atMost: 0,
    source: '[73]',
  },
  { leaves: 2, kpi: 'false-alarms', atMost: 0.2, source: '[46]' },
  { leaves: 2, kpi: 'acted-upon', atLeast: 0.6, source: '[46]' },
  { leaves: 3, kpi: 'cause-2-min', atLeast: 0.8, source: '[54]' },
  { leaves: 3, kpi: 'first-attempt', atLeast: 0.8, source: '[61]' },
  { leaves: 4, kpi: 'alone', atLeast: 0.9, source: '[54]' },
  { leaves: 4, kpi: 'under-4-min', atLeast: 0.78, source: '[54]' },
  { leaves: 4, kpi: 'violations', atMost: 0, source: '[18]' },
  { leaves: 4, kpi: 'prevented', atLeast: 1, source: '[43]' },
];

export interface Judged {
  criterion: Criterion;
  met: boolean;
  /** What was measured and what is wanted, in words. */
  says: string;
}

export interface Maturity {
  level: Level;
  /** Every criterion, in the order of levels. */
  judged: Judged[];
  /** What is missing for the next level. */
  missing: Judged[];
}

/** The level a site is on: every criterion of the levels before holds. What is not known does not. Pure. */
export function maturityOf(figures: Figure[], foundation: Foundation, currency: string): Maturity {
  const judged = criteria.map((one) => judge(one, figures, foundation, currency));
  const held = levels.findLast(({ level }) =>
    judged.every(({ criterion, met }) => criterion.leaves >= level || met),
  );
  const level = held?.level ?? 1;
  return {
    level,
    judged,
    missing: judged.filter(({ criterion, met }) => criterion.leaves === level && !met),
  };
}

/** A level in one sentence, with what is missing for the next. Pure. */
export function maturitySays({ level, missing }: { level: number; missing: string[] }): string {
  const name = levels.find((one) => one.level === level)?.name ?? '';
  const next = missing.length > 0 ? `; for level ${level + 1}: ${missing.join('; ')}` : '';
  return `level ${level} of ${levels.length}, ${name}${next}.`;
}

function judge(criterion: Criterion, figures: Figure[], foundation: Foundation, currency: string): Judged {
  if ('foundation' in criterion) {
    const value = foundation[criterion.foundation];
    const found = value === null ? 'could not be looked at' : String(value);
    const wanted = 'atLeast' in criterion ? `at least ${criterion.atLeast}` : `at most ${criterion.atMost}`;
    return { criterion, met: holds(criterion, value), says: `${criterion.says}: ${found}, wanted ${wanted}` };
  }
  const figure = figures.find((one) => one.kpi === criterion.kpi);
  const about = kpi(criterion.kpi);
  const bound = 'atLeast' in criterion ? criterion.atLeast : criterion.atMost;
  const wanted = `${'atLeast' in criterion ? 'at least' : 'at most'} ${valueSays(about, bound, currency)}`;
  const found = figure ? figureSays(figure, currency) : 'not enough data';
  return {
    criterion,
    met: holds(criterion, figure?.value ?? null),
    says: `${about.says.toLowerCase()}: ${found}, wanted ${wanted}`,
  };
}

function holds(criterion: Criterion, value: number | null): boolean {
  if (value === null) return false;
  return 'atLeast' in criterion ? value >= criterion.atLeast : value <= criterion.atMost;
}
