// Which service a fault is in (Sock Shop as RCAEval and RCD have it), by the product's own ranking, without a call graph;
// when the fault is noticed at once, and a minute late.
import { resolve } from 'node:path';
import { type Case, judged, type Line, time, within } from './causes-score.ts';
import type { Bench } from './measure.ts';
import { fromWhere, type Run, readRuns } from './sockshop-read.ts';

/** What BARO reaches, by how late the fault is noticed. */
const bars: [lateSeconds: number, avg5: number][] = [
  [0, 0.99],
  [60, 0.98],
];

export const sockshop: Bench = async ({ data, say }) => {
  const dir = resolve(data ?? '../shared/data/sockshop');
  const runs = readRuns(dir);
  if (runs.length === 0) {
    say(`sockshop: no runs at ${dir}. ${fromWhere}`);
    return [];
  }
  const took: number[] = [];
  const lines = bars.flatMap(([late, bar]) => {
    const { ours, dumb, took: these } = judged(casesOf(runs, late), serviceOf);
    took.push(...these);
    const apart = judged(casesOf(runs, late)).ours;
    return [
      averaged(`avg5_lag${late}`, ours, bar),
      within(`top1_lag${late}`, ours, 1),
      averaged(`avg5_lag${late}_databases_apart`, apart),
      averaged(`dumb_avg5_lag${late}`, dumb),
      ...faultsOf(runs).map((fault) =>
        averaged(
          `avg5_lag${late}_${fault}`,
          ours.filter((_, nth) => runs[nth]?.fault === fault),
        ),
      ),
    ];
  });
  return [...lines, ...time(took)];
};

/** Avg@5 of RCAEval: the mean over k = 1…5 of the share of runs whose service is among the first k. */
function averaged(metric: string, places: number[], bar?: number): Line {
  const hits = [1, 2, 3, 4, 5].map((k) => places.filter((place) => place <= k).length);
  const all = hits.reduce((sum, one) => sum + one, 0);
  const value = all / (5 * places.length);
  const held =
    bar === undefined ? { against: null, ratio: null } : { against: `BARO ${bar}`, ratio: value / bar };
  return { metric, value, unit: 'share', ...held, hits: all, of: 5 * places.length };
}

function casesOf(runs: Run[], late: number): Case[] {
  return runs.map(({ noticed, cause }) => ({ known: noticed(late), cause }));
}

/** A service and its database are one, as RCAEval counts. */
function serviceOf(node: string): string {
  return node.replace(/-db$/, '');
}

function faultsOf(runs: Run[]): string[] {
  return [...new Set(runs.map(({ fault }) => fault))].sort();
}
