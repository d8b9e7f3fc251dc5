import { z } from 'zod';
import type { Charter } from '../../charter/charter.ts';
import type { Deed } from '../facts.ts';
import { type Figure, reaches } from '../kpi.ts';
import { figureSays, kpi, valueSays } from '../kpis.ts';
import type { Reporting } from '../reporting.ts';

const list = z.enum(['autonomous', 'notify', 'ask']);

export const proposalShape = z.object({
  kind: z.enum(['expand', 'keep', 'narrow', 'retire']),
  /** A sentence each. */
  because: z.array(z.string()),
  /** Tools that would go from one list of the charter's authority to another. */
  moves: z.array(z.object({ tool: z.string(), from: list, to: list })),
});
export type Proposal = z.infer<typeof proposalShape>;

/** What people said to one tool of a worker in a quarter. */
export interface ToolRecord {
  tool: string;
  approved: number;
  /** Of those, what turned out badly. */
  regretted: number;
  risk: 'low' | 'medium' | 'high';
}

export interface Judged {
  charter: Charter;
  /** When the worker first came into force; null where nobody knows. */
  since: Date | null;
  quarter: { period: { from: Date } };
  figures: Figure[];
  /** The worker's own, of the quarter. */
  deeds: Deed[];
  /** How much there was to do for its duties, and how much of it the worker took part in. */
  offered: number;
  taken: number;
  tools: ToolRecord[];
  reporting: Reporting;
}

/** What people alone are answerable for. */
const peoples = ['time-to-decide', 'lapsed'];

/** Expand, keep, narrow or retire, by the rules of docs/role-review.md; the first that holds. Pure. */
export function propose(judged: Judged): Proposal {
  return retire(judged) ?? narrow(judged) ?? expand(judged) ?? keep(judged);
}

/** Whether a deed that ran turned out badly; the rolling back of another is not counted. Pure. */
export function isBad({ ran, status, health, rollsBack }: Deed): boolean {
  if (!ran || rollsBack) return false;
  return ['failed', 'indeterminate'].includes(status) || health === 'same' || health === 'worse';
}

function retire({ since, quarter, offered, taken, reporting }: Judged): Proposal | undefined {
  const whole = since === null || since <= quarter.period.from;
  if (!whole || offered < reporting.minimum.outcomes || taken >= offered * 0.02) return undefined;
  return {
    kind: 'retire',
    because: [`Of ${offered} that came up for its duties it took part in ${taken}: less than 2 %.`],
    moves: [],
  };
}

function narrow(judged: Judged): Proposal | undefined {
  const { figures, deeds, reporting } = judged;
  const against = figures.find((one) => one.kpi === 'violations');
  const low = figures.filter(
    (one) => ['decisions', 'first-attempt'].includes(one.kpi) && reaches(kpi(one.kpi), one) === false,
  );
  const ranAgainst = against?.value ?? 0;
  if (ranAgainst === 0 && low.length === 0) return undefined;
  const because = [
    ...(ranAgainst > 0
      ? [`${ranAgainst} of its deeds ran against the rules: ${against?.rows.slice(0, 5).join(', ')}.`]
      : []),
    ...low.map((one) => `${missedSays(one, reporting)}.`),
  ];
  const quality = low.find((one) => one.kpi === 'decisions')?.target ?? null;
  const moves = movesIn(
    judged,
    [...Map.groupBy(deeds, ({ tool }) => tool)]
      .filter(([, all]) => {
        const ran = all.filter((one) => one.ran && !one.rollsBack);
        const isAgainst = all.some(({ id }) => against?.rows.includes(id));
        const enough = ran.length >= reporting.minimum.actions;
        return (
          isAgainst || (quality !== null && enough && 1 - ran.filter(isBad).length / ran.length < quality)
        );
      })
      .map(([tool]) => tool),
  );
  const which =
    moves.length > 0
      ? `${moves.map(({ tool }) => tool).join(', ')} would be asked for from then on.`
      : 'None of the tools it uses alone stands out: which to narrow is for people to say.';
  return { kind: 'narrow', because: [...because, which], moves };
}

/** Those of its tools that run alone, to be asked for. */
function movesIn({ charter: { authority } }: Judged, tools: string[]): Proposal['moves'] {
  return (['autonomous', 'notify'] as const).flatMap((from) =>
    authority[from]
      .filter((tool) => tools.includes(tool))
      .map((tool) => ({ tool, from, to: 'ask' as const })),
  );
}

function expand(judged: Judged): Proposal | undefined {
  const { figures, reporting } = judged;
  const told = wanted(figures).filter(({ value }) => value !== null);
  const isProven = told.some((one) => one.kpi === 'decisions');
  if (!isProven || told.some((one) => reaches(kpi(one.kpi), one) === false)) return undefined;
  const least = reporting.minimum.outcomes;
  const [best] = candidates(judged).filter(({ approved, regretted }) => approved >= least && regretted === 0);
  if (!best) return undefined;
  return {
    kind: 'expand',
    because: [
      `All ${told.length} targets that can be told of are met.`,
      `${best.tool} was approved ${best.approved} times, and nothing of it turned out badly.`,
      ...(best.risk === 'medium'
        ? ['Policy weighs its medium risk besides: where that is asked for, it stays asked for.']
        : []),
    ],
    moves: [{ tool: best.tool, from: 'ask', to: 'autonomous' }],
  };
}

/** What it asks for and could do alone, the most approved first: nothing of high risk, and never to adopt rules. */
function candidates({ tools, charter: { authority } }: Judged): ToolRecord[] {
  return tools
    .filter(({ tool, risk }) => authority.ask.includes(tool) && risk !== 'high' && tool !== 'adopt')
    .toSorted((a, b) => b.approved - a.approved || a.tool.localeCompare(b.tool));
}

function keep(judged: Judged): Proposal {
  const { figures, reporting } = judged;
  const all = wanted(figures);
  const missed = all.filter((one) => reaches(kpi(one.kpi), one) === false);
  const silent = all.filter(({ value }) => value === null);
  const [near] = candidates(judged);
  const quality = silent.find((one) => one.kpi === 'decisions');
  const short = near && quality ? [`Deeds that helped: ${figureSays(quality, reporting.currency)}.`] : [];
  const none = near
    ? nearSays(near, reporting.minimum.outcomes)
    : 'It asks for nothing that could run alone.';
  const because = [
    ...missed.map((one) => `${missedSays(one, reporting)}.`),
    ...short,
    ...(missed.length + short.length === 0 ? [none] : []),
    ...(silent.length > 0 ? [`Not enough data for ${silent.length} of its ${all.length} targets.`] : []),
  ];
  return { kind: 'keep', because, moves: [] };
}

function nearSays({ tool, approved, regretted }: ToolRecord, least: number): string {
  const badly = regretted > 0 ? `, and ${regretted} of it turned out badly` : '';
  return `The nearest to running alone is ${tool}: approved ${approved} times of ${least} wanted${badly}.`;
}

/** Figures with a target that are the worker's to reach. */
function wanted(figures: Figure[]): Figure[] {
  return figures.filter((one) => one.target !== null && kpi(one.kpi).better && !peoples.includes(one.kpi));
}

function missedSays(one: Figure, { currency }: Reporting): string {
  const { says, better } = kpi(one.kpi);
  const bound = valueSays(kpi(one.kpi), one.target ?? 0, currency);
  return `${says}: ${figureSays(one, currency)}, wanted ${better === 'more' ? 'at least' : 'at most'} ${bound}`;
}
