import type { Band } from './anomaly.ts';
import type { Compound } from './fusion/compound.ts';
import type { Foretold, Signal, SignalKind } from './signal.ts';

/** Something of our own seeing that is so in this cycle, of whatever kind: raised once, ended when it is no longer found. */
export interface Finding
  extends Pick<
    Signal,
    | 'band'
    | 'service'
    | 'server'
    | 'learning'
    | 'members'
    | 'because'
    | 'metric'
    | 'value'
    | 'mean'
    | 'deviation'
    | 'z'
  > {
  kind: OwnKind;
  /** What it is known by while it lasts, among those of its kind: `server:db-01`. */
  key: string;
  foretold?: Foretold;
  /** In σ, what it takes to be told where people had no use for its like. */
  severity: number;
}

type OwnKind = Exclude<SignalKind, 'alert'>;

/** What fusion found, as a finding: its numbers are those of its worst member. Pure. */
export function foundBy(compound: Compound): Finding {
  const { key, band, service, server, learning, members, because, score } = compound;
  const { metric = 'combined', value = 0, mean = 0, deviation = 0, z = score } = members[0] ?? {};
  const measured = { metric, value, mean, deviation, z, severity: Math.max(score, z) };
  return { kind: 'anomaly', key, band, service, server, learning, members, because, ...measured };
}

/** What it is known by over all kinds: where it is, and how bad. */
export function fingerprintOf({ kind, key, band }: Pick<Finding, 'kind' | 'key' | 'band'>): string {
  return `${kind}:${key}:${band}`;
}

/** The fingerprints that stay open while it is found: it worsens and betters, and is the same. */
export function fingerprintsOf(one: Pick<Finding, 'kind' | 'key'>): string[] {
  return bands.map((band) => fingerprintOf({ ...one, band }));
}

/** A signal that is open, as what was found then: so it goes on after a restart. */
export function foundBefore(signal: Signal): Finding {
  const { kind, fingerprint, band, service, server, learning, members, because } = signal;
  const { metric, value, mean, deviation, z } = signal;
  const key = fingerprint.replace(/^\w+:|:(watch|critical)$/g, '');
  const foretold = signal.foretold ? { foretold: signal.foretold } : {};
  const told = { band, service, server, learning, members, because, ...foretold };
  return { kind: kind as OwnKind, key, ...told, metric, value, mean, deviation, z, severity: z };
}

const bands: Band[] = ['critical', 'watch'];
