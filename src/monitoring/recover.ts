import type { Job } from '../jobs/job.ts';
import { save } from '../jobs/save.ts';
import type { Watching } from './cycle.ts';
import { type Finding, fingerprintsOf } from './finding.ts';
import { loadListsOf } from './held/store.ts';
import { loadFingerprints, setRecovered } from './store.ts';

/** Ends every signal of our own seeing that is no longer among what was found; what shows it is shown anew. Safe to call twice. */
export async function recoverAll({ store, by }: Watching, found: Finding[], now: Date): Promise<void> {
  const wrong = new Set(found.flatMap(fingerprintsOf));
  const over = (await loadFingerprints(store.db)).filter(({ fingerprint }) => !wrong.has(fingerprint));
  if (over.length === 0) return;
  await save(store, async (tx) => {
    const ended = await setRecovered(
      tx,
      over.map(({ fingerprint }) => fingerprint),
      now,
    );
    const entries = ended.map(({ id, service, incident, raisedAt }) => {
      const seconds = Math.round((now.getTime() - raisedAt.getTime()) / 1_000);
      const about = { signal: id, service, incident: incident ?? undefined };
      return { kind: 'signal.recovered' as const, by, about, facts: { seconds } };
    });
    const told = ended.filter(({ held }) => held === null);
    const lists = await loadListsOf(
      tx,
      ended.map(({ id }) => id),
    );
    const jobs = [
      ...told.map(({ id }): Job => ({ name: 'show', subject: `signal:${id}` })),
      ...lists.map((list): Job => ({ name: 'show', subject: `held:${list}` })),
    ];
    return { result: undefined, entries, jobs };
  });
}
