import type { Reading } from '../../monitoring/reading.ts';
import type { Deployment } from '../../systems/loki/deployed.ts';
import type { LogLine } from '../../systems/loki/read.ts';
import type { Evidence } from '../incident.ts';

/** What the collectors found, typed for the rules that name causes. */
export interface Gathered {
  services: string[];
  onset: Date;
  readings: Reading[];
  errors: LogLine[];
  deployments: Deployment[];
  /** Which server runs which services. */
  placed: { server: string; services: string[] }[];
  /** The same for people, by id. */
  evidence: Evidence[];
}

/** What one collector brings. */
export type Found<T> = { items: T[]; evidence: Omit<Evidence, 'id'> };

/** Runs a collector; one that fails is a finding too. */
export async function collected<T>(
  source: string,
  query: string,
  collect: () => Promise<{ items: T[]; found: string }>,
): Promise<Found<T>> {
  try {
    const { items, found } = await collect();
    return { items, evidence: { source, query, found, read: true } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { items: [], evidence: { source, query, found: `Not checked: ${why}`, read: false } };
  }
}
