import type { Gateway } from '../actions/gateway.ts';
import type { By } from '../audit/entry.ts';
import { type Charter, type Duty, versionOf } from '../charter/charter.ts';
import { onDuty } from '../charter/duty.ts';
import type { WorkerId } from '../ids.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Runbook } from '../knowledge/runbook.ts';
import type { Change } from '../monitoring/changes/change.ts';
import type { Monitor } from '../monitoring/monitor.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Jaeger } from '../systems/jaeger/read.ts';
import type { Loki } from '../systems/loki/read.ts';
import type { Prometheus } from '../systems/prometheus/read.ts';
import type { Opinion } from './argue/turn.ts';
import type { Ladder } from './ladder.ts';

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
  /** The charters in force. */
  charters(db: Db | Tx): Promise<Charter[]>;
  /** How long all metrics must be usual before it counts as mended: 5–15 min, less in the trial. */
  verifyMs: number;
  /** Who is asked when nobody takes an incident. */
  ladder: Ladder;
  now(): Date;
  log: { info(message: string): void };
}

/** The worker as the audit names it, under the charter in force. */
export function actorOf({ gateway }: Responder, worker: WorkerId): By {
  const charter = gateway.charterOf(worker);
  return { worker, charter: charter ? versionOf(charter) : 'none' };
}

/** Who does a duty on an incident: who has it where that is theirs, else who is on duty; nobody else is found: who has it. */
export async function doerOf(
  responder: Pick<Responder, 'charters'>,
  tx: Tx,
  duty: Duty,
  { worker, service }: { worker: WorkerId; service: string },
): Promise<WorkerId> {
  const charters = await responder.charters(tx);
  const has = charters.some((one) => one.worker === worker && one.duties.includes(duty));
  return has ? worker : (onDuty(charters, duty, service)?.worker ?? worker);
}

/** The worker that does a duty for a service; throws one sentence where nobody has it. */
export async function workerFor(
  responder: Pick<Responder, 'charters'>,
  db: Db | Tx,
  duty: Duty,
  service: string,
): Promise<WorkerId> {
  const charter = onDuty(await responder.charters(db), duty, service);
  if (charter) return charter.worker;
  throw new Error(`No charter in force has the duty ${duty} for ${service}: adopt one that has.`);
}
