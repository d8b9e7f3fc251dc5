import { type Blame, half } from './blame.ts';
import type { Seen } from './evidence.ts';
import type { Moved } from './moved.ts';
import { type Hint, lagSeconds, type Telemetry } from './telemetry.ts';

/** All that is held for and against one node. */
export interface Held {
  node: string;
  seen: Seen;
  blame: Blame;
  late: boolean;
  apart: boolean;
  hints: Hint[];
}

/** What speaks for a node, one sentence each, the weightiest kind first. Pure. */
export function inFavour(held: Held, symptom: Telemetry['symptom']): string[] {
  const { node, seen, blame, hints } = held;
  const { internalBy, externalBy } = seen;
  return [
    internalBy && isUnusual(internalBy) && `${off(internalBy)}, and nothing that it calls moves that.`,
    externalBy && isUnusual(externalBy) && outcome(held, externalBy),
    symptom &&
      symptom.node !== node &&
      stands(held) &&
      follows(held) &&
      `It takes the same course as ${symptom.metric} of ${symptom.node}.`,
    blame.from.length > 0 && stands(held) && `It explains what is seen of ${list(blame.from)}.`,
    ...hints.filter(({ weight }) => weight > 0).map(({ says }) => says),
  ].filter((one) => typeof one === 'string');
}

/** What speaks against a node, one sentence each. Pure. */
export function against(held: Held, symptom: Telemetry['symptom']): string[] {
  const { seen, blame, late, apart, hints } = held;
  const { trafficBy } = seen;
  return [
    !stands(held) && 'Nothing that was measured of it is far from usual.',
    blame.by &&
      stands(held) &&
      blame.explained >= half &&
      `${percent(blame.explained)} of what its callers see is explained by ${blame.by}, which it calls.`,
    seen.internal < unusual &&
      seen.external >= unusual &&
      'None of its own resources is known to have moved.',
    late && symptom && `It began more than ${lagSeconds} s after ${symptom.metric} of ${symptom.node}.`,
    apart && symptom && `${symptom.node} is not known to depend on it.`,
    symptom && !follows(held) && `It shares little of the course of ${symptom.metric} of ${symptom.node}.`,
    trafficBy &&
      trafficBy.weight >= unusual &&
      `${off(trafficBy)}, so its callers may ask otherwise than usual.`,
    ...hints.filter(({ weight }) => weight < 0).map(({ says }) => says),
  ].filter((one) => typeof one === 'string');
}

/** Three spreads off is worth a sentence. */
const unusual = Math.log1p(3);

function stands({ seen: { internalBy, externalBy } }: Held): boolean {
  return [internalBy, externalBy].some((one) => one && isUnusual(one));
}

function isUnusual({ weight }: Moved): boolean {
  return weight >= unusual;
}

function follows({ seen }: Held): boolean {
  return Math.max(seen.internalBy?.alike ?? 0, seen.externalBy?.alike ?? 0) >= half;
}

function outcome({ seen }: Held, by: Moved): string {
  if (seen.seesAll)
    return 'It sees all that it calls worse at once, and so may be itself what they have in common.';
  const { caller } = by.series;
  return caller === undefined ? `${off(by)}.` : `${off(by)}, as ${caller} sees it.`;
}

/** Such as `latency of cart is 12 spreads above what is usual`. */
function off({ series, deviation }: Moved): string {
  const way = series.bad === 'either' ? 'off' : series.bad === 'up' ? 'above' : 'below';
  const spreads = deviation.peak >= 10 ? deviation.peak.toFixed(0) : deviation.peak.toFixed(1);
  return `${series.metric} of ${series.node} is ${spreads} spreads ${way} what is usual`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function list(nodes: string[]): string {
  return nodes.length < 2 ? (nodes[0] ?? '') : `${nodes.slice(0, -1).join(', ')} and ${nodes.at(-1)}`;
}
