import type { Inventory } from '../inventory/inventory.ts';
import type { PastIncident } from '../knowledge/history.ts';
import { signalsOf } from '../monitoring/read.ts';
import type { Tx } from '../postgres/database.ts';
import { thaw } from './freeze.ts';
import type { Incident } from './incident.ts';
import { loadEvidence } from './store.ts';
import { symptomsOf } from './symptoms.ts';

/** An incident that is over as later ones are held against it, its `lines` being its post-mortem. */
export async function pastOf(
  tx: Tx,
  { id, service, severity, cause, runbook, openedAt }: Incident,
  lines: string[],
  { inventory, now }: { inventory: Inventory; now(): Date },
): Promise<Omit<PastIncident, 'id'>> {
  const last = (await loadEvidence(tx, id)).at(-1);
  const seen = last ? thaw(last.frozen).gathered : { readings: [], errors: [] };
  const { title, text, servers, metrics, templates } = symptomsOf(
    ...([service, await signalsOf(tx, id), seen, inventory] as const),
  );
  return {
    ...{ source: 'own', key: id, title, symptoms: text, service, severity, openedAt, endedAt: now() },
    rootCause: cause?.says ?? '',
    resolution: lines
      .filter((line) => /^(Action|By hand|Rolled back|Escalated|Skipped)/.test(line))
      .join(' '),
    // Where it begins may be known when what it is is not.
    kind: cause && cause.kind !== 'unknown' ? cause.kind : null,
    server: cause?.known.server ?? servers[0] ?? null,
    runbook: runbook?.id ?? null,
    ...{ metrics, templates },
  };
}
