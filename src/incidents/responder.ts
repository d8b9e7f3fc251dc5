import type { Gateway } from '../actions/gateway.ts';
import type { By } from '../audit/entry.ts';
import { versionOf } from '../charter/charter.ts';
import type { WorkerId } from '../ids.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Runbook } from '../knowledge/runbook.ts';
import type { Change } from '../monitoring/changes/change.ts';
import type { Monitor } from '../monitoring/monitor.ts';
import type { Jaeger } from '../systems/jaeger/read.ts';
import type { Loki } from '../systems/loki/read.ts';
import type { Prometheus } from '../systems/prometheus/read.ts';
import type { Opinion } from './argue/turn.ts';

/** What the phases of an incident work with. */
export interface Responder {
  gateway: Gateway;
  monitor: Monitor;
  prometheus: Prometheus;
  loki: Loki;
  /** Undefined: there is none. */
  jaeger: Jaeger | undefined;
  /** The changes that may have touched a service since then, newest first. */
  changesOf(service: string, since: Date): Promise<Change[]>;
  /** How long each source is waited for. */
  patienceMs: number;
  inventory: Inventory;
  runbooks: Runbook[];
  /** A model's second opinion on causes; undefined: there is none, and the rules alone speak. */
  opinion?: Opinion | undefined;
  /** The worker on duty for incidents. */
  worker: WorkerId;
  /** How long all metrics must be usual before it counts as mended: 5–15 min, less in the trial. */
  verifyMs: number;
  now(): Date;
  log: { info(message: string): void };
}

/** The worker as the audit names it, under the charter in force. */
export function actorOf({ gateway }: Responder, worker: WorkerId): By {
  const charter = gateway.charterOf(worker);
  return { worker, charter: charter ? versionOf(charter) : 'none' };
}
