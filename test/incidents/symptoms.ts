import { fernwood } from '../../src/estate/company.ts';
import type { Fault, Target } from '../../src/estate/faults/fault.ts';
import { parseQuery } from '../../src/estate/promql.ts';
import type { Gathered } from '../../src/incidents/evidence/gathered.ts';
import { queryOf } from '../../src/monitoring/metric.ts';
import type { Reading } from '../../src/monitoring/reading.ts';
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
    watchedAs(metric, labels).map(({ name, about, bad, label }) => {
      const subject = labels[label] ?? '';
      const isWorse = bad === 'either' || by > 0 === (bad === 'up');
      return { metric: name, about, subject, z: isWorse ? far : -far };
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

function watchedAs(name: string, bent: Record<string, string>) {
  return manifests.metrics.filter((metric) => {
    const query = parseQuery(queryOf(metric, cycleMs));
    if (query.kind === 'refused') return false;
    const { __name__, ...labels } = query.labels;
    const fits = Object.entries(labels).every(([of, value]) => (bent[of] ?? value) === value);
    return __name__ === name && fits;
  });
}

const onset = new Date('2026-11-20T10:00:00Z');
const shortlyBefore = new Date(onset.getTime() - 30_000);

/** What was found, of everything that happens at once. */
export function gathered(all: Symptoms[], changed: Partial<Gathered> = {}): Gathered {
  const reading = (one: Symptoms['off'][number]): Reading => {
    return { ...one, says: one.metric, unit: '', value: 1, mean: 1, deviation: 1 };
  };
  return {
    services: fernwood.services.map(({ id }) => id),
    onset,
    readings: all.flatMap(({ off }) => off.map(reading)),
    errors: all.flatMap(({ lines }) => lines.map((one) => ({ at: onset, ...one }))).filter(isError),
    deployments: all.flatMap(({ deployed }) => (deployed ? [{ at: shortlyBefore, ...deployed }] : [])),
    placed: fernwood.servers.map(({ id, services }) => ({ server: id, services })),
    ...{ past: [], calls: [], symptom: undefined, changes: [], troubles: [], elsewhere: [], evidence: [] },
    ...changed,
  };
}

const isError = ({ labels }: { labels: Record<string, string> }) => labels.level === 'error';
