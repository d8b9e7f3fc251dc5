import type { Known } from '../../knowledge/runbook.ts';
import { withoutSecrets } from '../../models/secrets.ts';
import type { Happened } from '../../monitoring/changes/happened.ts';
import type { Trouble } from '../../monitoring/enrich/traces.ts';
import { within } from '../../monitoring/enrich/within.ts';
import type { Reading } from '../../monitoring/reading.ts';
import type { Deployment } from '../../systems/loki/deployed.ts';
import type { LogLine } from '../../systems/loki/read.ts';
import type { Call, Telemetry } from '../diagnose/telemetry.ts';
import type { Evidence } from '../incident.ts';
import type { Past } from './past.ts';

/** What the collectors found, typed for the rules that name causes. */
export interface Gathered {
  services: string[];
  onset: Date;
  readings: Reading[];
  /** The minutes before and since the onset of every metric of these services and servers. */
  past: Past[];
  /** Who depends on whom among them, and where the failure was noticed. */
  calls: Call[];
  symptom: Telemetry['symptom'];
  errors: LogLine[];
  deployments: Deployment[];
  /** All changes that were told or logged, newest first. */
  changes: Happened[];
  troubles: Trouble[];
  /** What other incidents are laid to and are being mended for. */
  elsewhere: { incident: string; kind: string; known: Known }[];
  /** Which server runs which services. */
  placed: { server: string; services: string[] }[];
  /** The same for people, by id. */
  evidence: Evidence[];
}

/** What one collector brings. */
export interface Found<T> {
  items: T[];
  evidence: Omit<Evidence, 'id'>;
}

/** What every collector is told: when it began, when it is now, and how long one may take. */
export interface About {
  onset: Date;
  now: Date;
  patienceMs: number;
  cycleMs: number;
}

/** Where a collector looks. */
interface Looking extends About {
  source: string;
  query: string;
  /** The time looked at; undefined for what is as it is. */
  range?: { from: Date; to: Date };
}

/** What a collector says of its finding; `nothing` when there was nothing to find. */
interface Said<T> {
  items: T[];
  found: string;
  nothing?: boolean;
}

/** Runs a collector within its time; one that fails or is late is a finding too. What it quotes has no secret in it. */
export async function collected<T>(
  { source, query, range, patienceMs, now }: Looking,
  collect: () => Promise<Said<T>>,
): Promise<Found<T>> {
  const told = await within(patienceMs, source, collect);
  const where = {
    ...{ source, query, at: now.toISOString() },
    ...(range && { range: { from: range.from.toISOString(), to: range.to.toISOString() } }),
  };
  if (told.kind === 'missing')
    return {
      items: [],
      evidence: { ...where, found: await withoutSecrets(`Not checked: ${told.because}`), read: false },
    };
  const { items, nothing } = told.told;
  const found = await withoutSecrets(told.told.found);
  return { items, evidence: { ...where, found, read: true, ...(nothing && { nothing }) } };
}
