import type { By } from '../../audit/entry.ts';
import { type Store, save } from '../../jobs/save.ts';
import { keepSignatures, recallSignatures } from './keep.ts';
import { learnPast, type Past, type PastIncident } from './past.ts';
import type { Signatures } from './precursor.ts';

export interface Learning extends Past {
  store: Store;
  by: By;
  /** Incidents that were verified, oldest first. */
  incidentsSince(since: Date): Promise<PastIncident[]>;
  /** Takes up what was learnt at once; other processes find it by themselves. */
  watchFor(signatures: Signatures): void;
  now(): Date;
}

const memoryMs = 180 * 86_400_000;
const oftenMs = 20 * 3_600_000;

/**
 * Learns from the incidents of half a year what goes before failures, and keeps it. Safe to call twice: within 20 hours
 * nothing is learnt anew. Throws what the source said: then it is tried again.
 */
export async function learnPrecursors(learning: Learning): Promise<void> {
  const { store, by, metrics, incidentsSince, watchFor, now } = learning;
  const at = now();
  const before = await recallSignatures(store.db, metrics);
  if (before && at.getTime() - before.at < oftenMs) return;
  const incidents = await incidentsSince(new Date(at.getTime() - memoryMs));
  const learnt = await learnPast(learning, incidents, at);
  const { known, without } = learnt;
  await save(store, async (tx) => {
    await keepSignatures(tx, metrics, learnt);
    const facts = { incidents: incidents.length, known: known.map(({ family }) => family) };
    const because = without.map((one) => `${one.family}: ${one.because}.`);
    return { result: undefined, entries: [{ kind: 'precursors.learnt', by, facts, because }], jobs: [] };
  });
  watchFor(learnt);
}
