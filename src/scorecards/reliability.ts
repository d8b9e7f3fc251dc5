import type { WorkerId } from '../ids.ts';
import type { Policy } from '../policy/policy.ts';

/** One confidence as it was said, and whether it was right. */
export interface Said {
  /** Of a tool, `deed restart-service`; of a kind of cause, `cause memory-leak`. */
  class: string;
  worker: WorkerId;
  /** 0–1 */
  said: number;
  right: boolean;
  /** Of a deed: it ran without a person. */
  alone: boolean;
}

/** How sure was said beside how often it was right, of one class. */
export interface Reliability {
  class: string;
  of: number;
  /** Ten bins of equal width, those that have something. */
  bins: { from: number; to: number; of: number; said: number; right: number }[];
  /** Expected calibration error: the mean of |said − right| over the bins, by how many lie in each (Naeini et al. 2015). */
  ece: number;
  /** The mean of (said − right)² (Brier 1950). */
  brier: number;
}

const width = 0.1;

/** Reliability of one class; needs one at least. Pure. */
export function reliabilityOf(name: string, all: Said[]): Reliability {
  const groups = Map.groupBy(all, ({ said }) => Math.min(9, Math.floor(said / width + 1e-9)));
  const bins = [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([bin, own]) => ({
      from: bin * width,
      to: (bin + 1) * width,
      of: own.length,
      said: mean(own.map(({ said }) => said)),
      right: mean(own.map(({ right }) => Number(right))),
    }));
  const ece = bins.reduce((sum, bin) => sum + (bin.of / all.length) * Math.abs(bin.said - bin.right), 0);
  const brier = mean(all.map(({ said, right }) => (said - Number(right)) ** 2));
  return { class: name, of: all.length, bins, ece, brier };
}

/** Every class with at least `least` outcomes, the one that is furthest off first; and how many have fewer. Pure. */
export function reliabilities(all: Said[], least: number): { told: Reliability[]; few: number } {
  const classes = [...Map.groupBy(all, (one) => one.class)];
  const told = classes
    .filter(([, own]) => own.length >= least)
    .map(([name, own]) => reliabilityOf(name, own))
    .toSorted((a, b) => b.ece - a.ece || (a.class < b.class ? -1 : 1));
  return { told, few: classes.length - told.length };
}

/** A tool that a worker runs alone and is right with less often than the policy takes for granted. */
export interface Unearned {
  worker: WorkerId;
  tool: string;
  of: number;
  /** Share right, 0–1, and from which confidence on the policy lets it run alone. */
  right: number;
  bar: number;
}

/** Deeds run alone, with at least `least` outcomes, of which fewer were right than the bar they passed says. Pure. */
export function unearned(all: Said[], policy: Pick<Policy, 'confidence'>, least: number): Unearned[] {
  const alone = all.filter((one) => one.alone && one.class.startsWith('deed '));
  const groups = Map.groupBy(alone, ({ worker, class: name }) => `${worker} ${name}`);
  return [...groups.values()].flatMap((own): Unearned[] => {
    const [first] = own;
    if (!first || own.length < least) return [];
    const tool = first.class.slice('deed '.length);
    const bar = (policy.confidence.tools[tool] ?? policy.confidence.default).execute;
    const right = mean(own.map((one) => Number(one.right)));
    return right < bar ? [{ worker: first.worker, tool, of: own.length, right, bar }] : [];
  });
}

function mean(all: number[]): number {
  return all.reduce((sum, one) => sum + one, 0) / all.length;
}
