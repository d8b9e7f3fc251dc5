import { fernwood } from '../../src/estate/company.ts';
import type { Fault, Target } from '../../src/estate/faults/fault.ts';
import { parseQuery } from '../../src/estate/promql.ts';
import { queryOf } from '../../src/monitoring/metric.ts';
import { cycleMs, manifests } from '../shift.ts';

/** What a fault of the company, or what only looks like one, does to what is watched and logged. */
export interface Symptoms {
  off: { metric: string; about: 'service' | 'server'; subject: string; z: number }[];
  lines: { labels: Record<string, string>; line: string }[];
  /** What was deployed with it. */
  deployed?: { service: string; version: string; replacing: string };
}

/** How far off everything is that it moves, in deviations: what matters is which way. */
const far = 12;

/** Everywhere it can strike; a deployment is of 2.1 in place of 2.0. */
export function placesOf({ places }: Fault): Target[] {
  return places({ inventory: fernwood, versions: () => ({ now: '2.0', next: '2.1' }) });
}

/** The fault at one place, as monitoring and Loki would tell it. */
export function symptomsOf(fault: Fault, target: Target): Symptoms {
  const off = fault.bends(target, fernwood).flatMap(({ metric, labels, by }) =>
    watchedAs(metric).map(({ name, about, bad, label }) => {
      const subject = labels[label] ?? '';
      return { metric: name, about, subject, z: by > 0 === (bad === 'up') ? far : -far };
    }),
  );
  const lines = fault
    .cries(target)
    .flatMap(({ labels, text }) =>
      [0, 1, 2, 3, 4].map((nth) => ({ labels: { ...labels }, line: text(nth) })),
    );
  const { service, version, replaces: replacing } = target;
  return { off, lines, ...(version && replacing && { deployed: { service, version, replacing } }) };
}

function watchedAs(name: string) {
  return manifests.metrics.filter((metric) => {
    const query = parseQuery(queryOf(metric, cycleMs));
    return query.kind === 'query' && query.labels.__name__ === name;
  });
}
