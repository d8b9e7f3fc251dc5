// Where issues of a shop of 41 components come from (PetShop), by the product's own ranking; and whether it says that
// nothing is wrong when nothing is.
import { resolve } from 'node:path';
import { rank } from '../src/incidents/diagnose/rank.ts';
import { judged, type Line, share, time, within } from './causes-score.ts';
import type { Bench } from './measure.ts';
import { fromWhere, hasPetshop, readPetshop, type Shop, type Symptom } from './petshop-read.ts';

export const petshop: Bench = async ({ data, say }) => {
  const dir = resolve(data ?? '../shared/data/petshop/low_traffic');
  if (!hasPetshop(dir)) {
    say(`petshop: nothing at ${dir}. ${fromWhere}`);
    return [];
  }
  const shop = readPetshop(dir);
  const { ours, dumb, took } = judged(shop.issues);
  const noticedIn = (metric: string) => ours.filter((_, nth) => shop.issues[nth]?.symptom.metric === metric);
  const metrics = [...new Set(shop.issues.map(({ symptom }) => symptom.metric))].sort();
  return [
    within('top1', ours, 1, 19, 26),
    within('top3', ours, 3, 24, 26),
    ...metrics.map((metric) => within(`top1_${metric}`, noticedIn(metric), 1)),
    within('dumb_top1', dumb, 1),
    within('dumb_top3', dumb, 3),
    ...metrics.flatMap((metric) => specificity(shop, metric)),
    ...time(took),
  ];
};

/** The bars are for latency; five rows are as many as an issue has. */
function specificity(shop: Shop, metric: string): Line[] {
  const symptoms = symptomsOf(shop, metric);
  const half = Math.floor(shop.rows / 2);
  const long = steps(half, shop.rows - 3, Math.floor(shop.rows / 10)).map(
    (from) => [from, shop.rows] as const,
  );
  const short = steps(half, shop.rows - 4, 5).map((from) => [from, from + 5] as const);
  const silent = (cuts: (readonly [number, number])[]) =>
    symptoms.flatMap((symptom) =>
      cuts.map(([from, to]) => rank(shop.calm(symptom, from, to)).kind === 'none'),
    );
  const line = (name: string, none: boolean[], bar: number) =>
    share(name, none.filter(Boolean).length, none.length, metric === 'latency' ? bar : undefined);
  const short5 = metric === 'latency' ? 'specificity_5rows' : `${metric}_specificity_5rows`;
  return [line(`${metric}_specificity`, silent(long), 0.5), line(short5, silent(short), 0.95)];
}

/** Each place where an issue was noticed by this metric, once. */
function symptomsOf({ issues }: Shop, metric: string): Symptom[] {
  const noticed = issues.map(({ symptom }) => symptom).filter((one) => one.metric === metric);
  return [...new Map(noticed.map((one) => [`${one.node} ${one.agg}`, one])).values()];
}

function steps(from: number, below: number, by: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((below - from) / by)) }, (_, nth) => from + nth * by);
}
