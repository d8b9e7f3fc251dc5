// The digest: a manager's week on one page, from recorded rows, written once and kept as it was written.
// Not how a figure is reckoned: that is the scorecards'.
import { z } from 'zod';
import type { Charter } from '../charter/charter.ts';
import type { ActionId, ApprovalId, IncidentId, PersonId, PictureId, WorkerId } from '../ids.ts';
import { dayIn, lastOccasion } from '../jobs/occasion.ts';
import { type Facts, isEmpty, ofWorker, type Period, within } from '../scorecards/facts.ts';
import { figureOf, figureShape, type Given } from '../scorecards/kpi.ts';
import { isAlone, real } from '../scorecards/kpis/goals.ts';
import { kpis } from '../scorecards/kpis.ts';
import { type Foundation, maturityOf } from '../scorecards/maturity.ts';
import type { Reporting } from '../scorecards/reporting.ts';

const id = <T extends string>() => z.string().transform((text) => text as T);

/** A digest as it is stored. */
export const writtenShape = z.object({
  /** What it is called by: the local day it was due, such as 2026-11-23; of a stretch asked for, its last. */
  day: z.string(),
  /** ISO 8601 */
  from: z.string(),
  to: z.string(),
  timezone: z.string(),
  currency: z.string(),
  figures: z.array(figureShape),
  /** The same of as long a time before. */
  before: z.array(figureShape),
  /** By weeks, the oldest first, the told one last: figures by id, null where there was too little. */
  weeks: z.array(z.object({ from: z.string(), values: z.record(z.string(), z.number().nullable()) })),
  workers: z.array(z.object({ worker: id<WorkerId>(), figures: z.array(figureShape) })),
  incidents: z.object({
    all: z.number(),
    falseAlarms: z.number(),
    alone: z.number(),
    escalated: z.number(),
  }),
  rejected: z.array(
    z.object({
      ...{ approval: id<ApprovalId>(), incident: id<IncidentId>().nullable(), what: z.string() },
      ...{ person: id<PersonId>(), reason: z.string().nullable() },
    }),
  ),
  maturity: z.object({ level: z.number(), missing: z.array(z.string()) }),
  /** How many people were told of how they decide; only where three or more decide. */
  habitsTold: z.number().optional(),
  /** What ran against the rules, should anything have. */
  violations: z.array(id<ActionId>()),
});
export type Written = z.infer<typeof writtenShape>;

/** A digest with the picture that was drawn for it. */
export interface Digest extends Written {
  picture: { id: PictureId; alt: string } | null;
}

/** How many weeks its trend reaches back, the told one included. */
const weeksShown = 8;

/** The week of which the digest that was due last at `now` tells, and the day it was due. Pure. */
export function weekAt(reporting: Reporting, now: Date): { day: string; due: Date; week: Period } {
  const { day, at, timezone } = reporting.digest;
  const [hour, minute] = at.split(':').map(Number);
  const due = lastOccasion({ cron: `${minute} ${hour} * * ${day}`, timezone }, now);
  const to = midnightOf({ day, timezone }, due);
  return {
    day: dayIn(timezone, due),
    due,
    week: { from: midnightOf({ day, timezone }, justBefore(to)), to },
  };
}

/** The weeks of the trend that ends with a period, the oldest first. Pure. */
export function weeksUntil({ to }: Period, reporting: Reporting): Period[] {
  const { timezone } = reporting.digest;
  const weeks: Period[] = [];
  for (let end = to; weeks.length < weeksShown; end = weeks[0]?.from ?? end) {
    const day = weekdayIn(timezone, end);
    weeks.unshift({ from: midnightOf({ day, timezone }, justBefore(end)), to: end });
  }
  return weeks;
}

/** As long a time before; of a week the week before, by the clocks. Pure. */
export function periodBefore(period: Period, weeks: Period[]): Period {
  const [before, last] = weeks.slice(-2);
  if (before && last?.from.getTime() === period.from.getTime()) return before;
  return { from: new Date(2 * period.from.getTime() - period.to.getTime()), to: period.from };
}

function weekdayIn(timezone: string, at: Date): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: timezone, weekday: 'short' }).format(at).toLowerCase();
}

/** The last time that day began, at or before `at`. */
function midnightOf({ day, timezone }: { day: string; timezone: string }, at: Date): Date {
  return lastOccasion({ cron: `0 0 * * ${day}`, timezone }, at);
}

const justBefore = (at: Date) => new Date(at.getTime() - 1);

interface Telling extends Given {
  day: string;
  period: Period;
  /** With what was before as far as the trend reaches. */
  facts: Facts;
  charters: Charter[];
  foundation: Foundation;
}

/** What a digest says of a period. Pure. */
export function write({ day, period, facts, charters, foundation, ...given }: Telling): Written {
  const { reporting } = given;
  const all = (some: Facts) => kpis.map((kpi) => figureOf(kpi, some, given));
  const weeks = weeksUntil(period, reporting);
  const now = within(facts, period);
  const figures = all(now);
  const own = real(now.cases);
  const maturityAt = () => {
    const lately = within(facts, { from: weeks.at(-4)?.from ?? period.from, to: period.to });
    const { level, missing } = maturityOf(all(lately), foundation, reporting.currency);
    return { level, missing: missing.map(({ says }) => says) };
  };
  return {
    day,
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    timezone: reporting.digest.timezone,
    currency: reporting.currency,
    figures,
    before: all(within(facts, periodBefore(period, weeks))),
    weeks: weeks.map((week) => {
      const then = within(facts, week);
      // Before anything was recorded a sum of nothing is not a good week.
      const told = isEmpty(then) ? [] : all(then);
      return {
        from: week.from.toISOString(),
        values: Object.fromEntries(told.map(({ kpi, value }) => [kpi, value])),
      };
    }),
    workers: charters.map(({ worker, evaluation: { targets = {} } }) => {
      const its = ofWorker(now, worker, charters);
      return { worker, figures: kpis.map((kpi) => figureOf(kpi, its, given, targets[kpi.id])) };
    }),
    incidents: {
      all: own.length,
      falseAlarms: now.cases.length - own.length,
      alone: own.filter(isAlone).length,
      escalated: now.cases.filter(({ needed }) => needed.includes('escalated')).length,
    },
    rejected: now.questions.flatMap(({ id, incident, what, answers }) =>
      answers
        .filter(({ answer }) => answer === 'reject')
        .map(({ person, reason }) => ({ approval: id, incident, what, person, reason })),
    ),
    maturity: maturityAt(),
    violations: (figures.find(({ kpi }) => kpi === 'violations')?.rows ?? []) as ActionId[],
  };
}
