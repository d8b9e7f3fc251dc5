import type { Gateway } from '../actions/gateway.ts';
import type { By } from '../audit/entry.ts';
import { versionOf } from '../charter/charter.ts';
import type { WorkerId } from '../ids.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Runbook } from '../knowledge/runbook.ts';
import type { Monitor } from '../monitoring/monitor.ts';
import type { Loki } from '../systems/loki/read.ts';

/** What the phases of an incident work with. */
export interface Responder {
  gateway: Gateway;
  monitor: Monitor;
  loki: Loki;
  inventory: Inventory;
  runbooks: Runbook[];
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
