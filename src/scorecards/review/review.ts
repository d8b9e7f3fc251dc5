// Role reviews: what a worker did over a quarter, and whether its role should grow, stay, shrink or end.
// Not where a role is changed: it proposes, and what a person puts forward goes the way of every adoption.
import { z } from 'zod';
import type { Charter } from '../../charter/charter.ts';
import type { IncidentId, PersonId, WorkerId } from '../../ids.ts';
import { dayIn, lastBeginning, lastOccasion } from '../../jobs/occasion.ts';
import { type Deed, type Facts, ofWorker, type Period } from '../facts.ts';
import { type Figure, figureOf, figureShape, type Given } from '../kpi.ts';
import { kpis } from '../kpis.ts';
import type { Reporting } from '../reporting.ts';
import { isBad, proposalShape, propose, type ToolRecord } from './propose.ts';

const id = <T extends string>() => z.string().transform((text) => text as T);

/** A review as it is stored. What people wrote is not in it: that is read beside it, so that it can be erased. */
export const writtenShape = z.object({
  worker: id<WorkerId>(),
  name: z.string(),
  role: z.string(),
  /** Of the charter it worked under at the end. */
  version: z.number(),
  objective: z.string(),
  /** Such as 2026-Q3. */
  quarter: z.string(),
  /** ISO 8601 */
  from: z.string(),
  to: z.string(),
  timezone: z.string(),
  currency: z.string(),
  figures: z.array(figureShape),
  /** The same of the quarter before. */
  before: z.array(figureShape),
  escalated: z.array(z.object({ incident: id<IncidentId>(), because: z.string() })),
  badly: z.array(z.object({ id: z.string(), says: z.string() })),
  proposal: proposalShape,
});
export type Written = z.infer<typeof writtenShape>;

/** What people wrote of a worker in a quarter. */
export interface Words {
  ratings: { person: PersonId; stars: number; line: string | null; at: Date }[];
  /** Lines under a thumb down: on an incident, else on an answer. */
  wrong: { incident: IncidentId | null; line: string }[];
}

/** A quarter of the year by the clocks of the digest, and the one before it. */
export interface Quarter {
  /** Such as 2026-Q3. */
  name: string;
  period: Period;
  before: Period;
}

const beginning = '0 0 1 1,4,7,10 *';

/** The quarter that `at` lies in. Pure. */
export function quarterOf({ digest: { timezone } }: Reporting, at: Date): Quarter {
  const start = (then: Date) => lastOccasion({ cron: beginning, timezone }, then);
  const from = start(at);
  const [year, month = 1] = dayIn(timezone, from).split('-').map(Number);
  // Ninety-five days on it is the next one, whatever the quarter.
  const to = start(new Date(from.getTime() + 95 * 86_400_000));
  const before = { from: start(new Date(from.getTime() - 1)), to: from };
  return { name: `${year}-Q${Math.ceil(month / 3)}`, period: { from, to }, before };
}

/** The quarter that was over when reviews were due last, and when that was. Pure. */
export function quarterDue(reporting: Reporting, holidays: string[], now: Date): Quarter & { due: Date } {
  const { at, timezone } = reporting.digest;
  const due = lastBeginning({ months: 3, at, timezone, holidays }, now);
  const { period } = quarterOf(reporting, due);
  return { ...quarterOf(reporting, new Date(period.from.getTime() - 1)), due };
}

/** The quarter called so; undefined where that is none. Pure. */
export function quarterNamed(reporting: Reporting, name: string): Quarter | undefined {
  const [, year, nth] = /^(20\d\d)-Q([1-4])$/.exec(name) ?? [];
  // Its middle lies in it by every clock.
  return year ? quarterOf(reporting, new Date(Date.UTC(Number(year), Number(nth) * 3 - 2, 15))) : undefined;
}

export interface Reviewing extends Given {
  charter: Charter;
  /** When the worker first came into force; null where nobody knows. */
  since: Date | null;
  quarter: Quarter;
  /** Of the quarter, and of the one before. */
  facts: Facts;
  factsBefore: Facts;
  escalated: Written['escalated'];
  tools: ToolRecord[];
}

/** What is written of a worker's quarter. Pure. */
export function review(reviewing: Reviewing): Written {
  const { charter, quarter, facts, factsBefore, escalated, reporting } = reviewing;
  const { worker, name, role, version, purpose, evaluation } = charter;
  const own = ownOf(facts, charter);
  const figuresOf = (some: Facts): Figure[] =>
    kpis.map((kpi) => figureOf(kpi, some, reviewing, evaluation.targets?.[kpi.id]));
  const figures = figuresOf(own);
  const proposal = propose({ ...reviewing, figures, deeds: own.deeds, ...shareOf(facts, charter) });
  return {
    ...{ worker, name, role, version, objective: purpose.objective.trim(), quarter: quarter.name },
    ...{ from: quarter.period.from.toISOString(), to: quarter.period.to.toISOString() },
    ...{ timezone: reporting.digest.timezone, currency: reporting.currency },
    ...{ figures, before: figuresOf(ownOf(factsBefore, charter)), escalated, proposal },
    badly: badlyIn(own),
  };
}

/** What tells of this worker; signals are the work of whoever watches. */
function ownOf(facts: Facts, charter: Charter): Facts {
  return ofWorker(facts, charter.worker, [charter]);
}

/** How much there was to do for its duties, and how much of it the worker took part in. */
function shareOf(facts: Facts, { worker, duties, services }: Charter): { offered: number; taken: number } {
  const cases = facts.cases.filter(({ service }) => !services || services.includes(service));
  const mine = cases.filter(({ workers }) => workers.includes(worker)).length;
  const foretold = facts.predictions.filter((one) => one.worker === worker).length;
  const asked = facts.deeds.filter((one) => one.worker === worker && one.ran && !one.incident).length;
  const watched = duties.includes('monitoring') ? facts.signals.length : 0;
  const besides = foretold + asked + watched;
  return { offered: cases.length + besides, taken: mine + besides };
}

function badlyIn({ deeds, risks, questions }: Facts): Written['badly'] {
  const bad = deeds.filter(isBad);
  const told = new Set(bad.map(({ incident }) => incident));
  const rolledBack = questions.filter(({ regretted, incident }) => regretted && !told.has(incident));
  const thrown = risks.filter(({ what }) => what === 'kill switch thrown');
  return [
    ...bad.map((one) => ({ id: one.incident ?? one.id, says: `${one.tool} ${endSays(one)}` })),
    ...rolledBack.map((one) => ({
      id: one.incident ?? one.id,
      says: `${one.what}: approved, and rolled back`,
    })),
    ...thrown.map((one) => ({ id: one.id, says: 'its kill switch was thrown' })),
  ];
}

function endSays({ status, health }: Deed): string {
  if (health === 'worse') return 'made it worse';
  return health === 'same' ? 'did not help' : status === 'failed' ? 'failed' : 'ended nobody knows how';
}
