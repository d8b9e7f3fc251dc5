import { type Inventory, serversOf } from '../inventory/inventory.ts';
import { type Filled, fill, type Runbook, runbookFor } from '../knowledge/runbook.ts';
import { badDeployment } from './causes/bad-deployment.ts';
import { cacheStampede } from './causes/cache-stampede.ts';
import type { CauseRule } from './causes/cause.ts';
import { certificateExpiry } from './causes/certificate-expiry.ts';
import { connectionPool } from './causes/connection-pool.ts';
import { cpuRunaway } from './causes/cpu-runaway.ts';
import { crashLoop } from './causes/crash-loop.ts';
import { dependencyDown } from './causes/dependency-down.ts';
import { dnsFailure } from './causes/dns-failure.ts';
import { fullDisk } from './causes/full-disk.ts';
import { inodeExhaustion } from './causes/inode-exhaustion.ts';
import { lockContention } from './causes/lock-contention.ts';
import { memoryLeak } from './causes/memory-leak.ts';
import { networkLoss } from './causes/network-loss.ts';
import { noisyNeighbour } from './causes/noisy-neighbour.ts';
import { ntpDrift } from './causes/ntp-drift.ts';
import { processDown } from './causes/process-down.ts';
import { queueBacklog } from './causes/queue-backlog.ts';
import { replicationLag } from './causes/replication-lag.ts';
import { slowQueries } from './causes/slow-queries.ts';
import { storageController } from './causes/storage-controller.ts';
import { rank } from './diagnose/rank.ts';
import type { Gathered } from './evidence/gathered.ts';
import { telemetryOf } from './evidence/telemetry.ts';
import type { Direction, Hypothesis, Incident } from './incident.ts';
import { located, unknown } from './locate.ts';
import { leastSure } from './sure.ts';

const rules: CauseRule[] = [
  ...[badDeployment, memoryLeak, fullDisk, processDown],
  ...[cpuRunaway, connectionPool, queueBacklog, crashLoop],
  ...[lockContention, inodeExhaustion, certificateExpiry, dnsFailure, ntpDrift, networkLoss],
  ...[slowQueries, replicationLag, dependencyDown, cacheStampede, storageController, noisyNeighbour],
];

/**
 * What may have caused it, the likeliest first; empty when nothing stands out. A rule knows a kind of cause and what
 * mends it; the ranking of where it begins speaks for the causes there and against those elsewhere, and where no rule
 * fits it says that much. By rule, no model. Pure.
 */
export function diagnose(gathered: Gathered): Hypothesis[] {
  const found = rules.flatMap((rule) => rule(gathered));
  const ranking = rank(telemetryOf(gathered));
  const weighed = ranking.kind === 'found' ? located(found, ranking.suspects, gathered) : found;
  return weighed
    .map((one) => besides(one, gathered))
    .sort((a, b) => b.confidence - a.confidence || a.says.localeCompare(b.says));
}

/** What another incident is being mended for is hardly the cause of this one too, which was opened apart from it. */
export function besides(cause: Hypothesis, { elsewhere }: Pick<Gathered, 'elsewhere'>): Hypothesis {
  const { service, server } = cause.known;
  const other = elsewhere.find(
    ({ kind, known }) => kind === cause.kind && known.service === service && known.server === server,
  );
  if (!other) return cause;
  return {
    ...cause,
    says: `${cause.says}, which ${other.incident} sees to`,
    confidence: Math.min(cause.confidence, leastSure - 0.1),
  };
}

/** Leaves out what a person ruled out, and what is elsewhere than where they sent the workers. Pure. */
export function left(found: Hypothesis[], direction: Direction | null, inventory: Inventory): Hypothesis[] {
  if (!direction) return found;
  const { to, not } = direction;
  const allowed = found.filter(
    ({ known }) => !not.some((one) => one === known.server || one === known.service),
  );
  return to === null ? allowed : allowed.filter((one) => concerns(one, to, inventory));
}

/** It is about that server or service, or about a server that the service runs on. */
function concerns({ known }: Hypothesis, id: string, inventory: Inventory): boolean {
  if (known.server === id || known.service === id) return true;
  return known.server !== undefined && serversOf(inventory, id).some((one) => one.id === known.server);
}

export type Plan =
  | { kind: 'runbook'; cause: Hypothesis; runbook: Runbook; because: string }
  | { kind: 'escalate'; because: string };

/** Which runbook to follow for the likeliest cause, or why a person must decide. A prediction's prevents it. Pure. */
export function plan(
  hypotheses: Hypothesis[],
  runbooks: Runbook[],
  { kind, direction }: Pick<Incident, 'kind' | 'direction'>,
): Plan {
  const does = kind === 'prediction' ? 'prevents' : 'mends';
  const cause = hypotheses[0];
  if (!cause)
    return { kind: 'escalate', because: `No known cause fits ${where(direction)}, so a person must look.` };
  if (cause.kind === unknown)
    return { kind: 'escalate', because: `Most likely ${cause.says}, so a person must look.` };
  if (cause.confidence < leastSure)
    return {
      kind: 'escalate',
      because: `Perhaps ${cause.says}, but that is less likely than not (${Math.floor(cause.confidence * 100)} %), so a person must look.`,
    };
  const runbook = runbookFor(runbooks, does, cause.kind);
  if (!runbook) return { kind: 'escalate', because: none[does](cause.kind) };
  const missing = runbook.steps
    .map((step) => fill(step, cause.known))
    .find((one): one is Filled & { kind: 'unknown' } => one.kind === 'unknown');
  if (missing) return { kind: 'escalate', because: missing.because };
  return { kind: 'runbook', cause, runbook, because: `Runbook "${runbook.title}" ${does} ${cause.kind}.` };
}

const none = {
  mends: (cause: string) => `There is no runbook for ${cause}, so a person must mend it.`,
  prevents: (cause: string) => `There is no preventive runbook for ${cause}, so a person should look.`,
};

function where(direction: Direction | null): string {
  if (!direction) return 'what was found';
  return direction.to === null
    ? `but at ${direction.not.join(', ')}, which is ruled out`
    : `at ${direction.to}`;
}
