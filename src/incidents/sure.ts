// How sure a worker may be of a cause: by rule first, less where evidence is missing, then as outcomes here bear it out.
import { calibrated, enoughOutcomes } from '../knowledge/calibration/calibrate.ts';
import { keepOutcome, outcomesOf } from '../knowledge/calibration/outcomes.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { evidenceOf } from './causes/cause.ts';
import type { Cause, Evidence, Hypothesis, Incident, Logged } from './incident.ts';
import { unknown } from './locate.ts';

/** What is less likely than this is not even asked for: a person would be asked to guess. */
export const leastSure = 0.5;

/** What the lack of one source takes away. Set by hand, as the rules' own weights are. */
const missing = 0.1;
/** Without these a cause may be another that shows only there. */
const needed: string[] = [
  evidenceOf.metrics,
  evidenceOf.errors,
  evidenceOf.deployments,
  evidenceOf.inventory,
];

/**
 * Hypotheses with their confidence calibrated by this site's settled outcomes of the same kind, the likeliest first;
 * `raw` keeps what it was before, `outcomes` says how many there are. Below 30 of them it is at most 0.84.
 */
export async function surely(
  db: Db | Tx,
  found: Hypothesis[],
  evidence: Evidence[],
  now: Date,
): Promise<Hypothesis[]> {
  const outcomes = await outcomesOf(
    db,
    found.map(({ kind }) => kind),
    now,
  );
  const lost = evidence.filter(({ id, read }) => !read && needed.includes(id)).length;
  return found
    .map((one) => {
      const raw = rounded(Math.max(0, one.confidence - missing * lost));
      const own = outcomes.get(one.kind) ?? [];
      // A cause of which only the place is known is sure of nothing that could be borne out.
      const borne = one.kind === unknown ? raw : rounded(calibrated(raw, own));
      // Outcomes are of what was acted on: of what the rules hold less likely than not they tell nothing good.
      const confidence = raw < leastSure ? Math.min(raw, borne) : borne;
      return { ...one, raw, confidence, outcomes: own.length };
    })
    .sort((a, b) => b.confidence - a.confidence || (b.raw ?? 0) - (a.raw ?? 0));
}

/** How far the likeliest can be trusted, for people; undefined once there are enough outcomes. */
export function trackRecord([likeliest]: Hypothesis[]): string | undefined {
  if (likeliest?.outcomes === undefined || likeliest.kind === unknown) return undefined;
  const { kind, outcomes } = likeliest;
  return outcomes < enoughOutcomes
    ? `Not more than 84 % sure until ${enoughOutcomes} outcomes of ${kind} are known here; ${outcomes} are.`
    : undefined;
}

/** Whether the causes that were acted on were right, as the incident's end tells; none where a person mended it. Pure. */
export function judged(
  {
    kind,
    cause,
    mitigatedAt,
    runbook,
  }: Pick<Incident, 'kind' | 'cause' | 'mitigatedAt'> & Partial<Pick<Incident, 'runbook'>>,
  entries: Logged[],
  end: 'mended' | 'false-alarm',
): { cause: Cause; right: boolean }[] {
  if (kind === 'prediction') return [];
  const thought = entries.flatMap((one) =>
    one.kind === 'diagnosis' && !one.facts.argued ? [one.facts.hypotheses[0]] : [],
  );
  const first = thought.find((one) => one && one.kind !== unknown);
  const another = entries.some((one) => one.kind === 'chosen');
  const helped = !entries.some((one) => one.kind === 'unmended');
  // A runbook that a person picked says nothing of the cause.
  const byPerson = runbook?.picked !== undefined || entries.some((one) => one.kind === 'taken');
  if (end === 'false-alarm') return first ? [{ cause: first, right: false }] : [];
  if (!cause || cause.kind === unknown) return [];
  const wrong = another && first && first.kind !== cause.kind ? [{ cause: first, right: false }] : [];
  if (!helped) return [...wrong, { cause, right: false }];
  return mitigatedAt && !byPerson ? [...wrong, { cause, right: true }] : wrong;
}

/** Keeps what became of an incident's diagnosis. */
export async function keepJudged(
  tx: Tx,
  incident: Incident,
  entries: Logged[],
  { end, now }: { end: 'mended' | 'false-alarm'; now: Date },
): Promise<void> {
  for (const { cause, right } of judged(incident, entries, end))
    await keepOutcome(
      tx,
      { incident: incident.id, class: cause.kind, raw: cause.raw ?? cause.confidence, right },
      now,
    );
}

function rounded(share: number): number {
  return Math.round(share * 100) / 100;
}
