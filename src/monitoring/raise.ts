import { randomUUID } from 'node:crypto';
import type { SignalId } from '../ids.ts';
import type { Job } from '../jobs/job.ts';
import { save } from '../jobs/save.ts';
import type { Watching } from './cycle.ts';
import { type Finding, fingerprintOf } from './finding.ts';
import { type Hold, type Holding, holdOn } from './held/hold.ts';
import { keepForList, release } from './held/store.ts';
import { raisedBars, silences } from './silences/read.ts';
import { insert, loadEnds, loadFingerprints, type NewSignal, setReturned } from './store.ts';

/** A fingerprint is held until three cycles after the last sight. */
function keptMs({ monitor }: Pick<Watching, 'monitor'>): number {
  return 3 * monitor.cycleMs + monitor.cycleMs / 2;
}

/**
 * Raises what was found, each thing once: all fingerprints are asked for in one go, each held under the id of the
 * signal to be written, so that a crash between the two leaves a holder without a row, and the next cycle writes it
 * under that id. Of two that raise the same at once the database takes one.
 */
export async function raiseAll(watching: Watching, found: Finding[], now: Date): Promise<void> {
  if (found.length === 0) return;
  const { store, claims, inventory, routing } = watching;
  const holding = { inventory, routing, ...(await silences(store.db, now)) };
  const bars = await raisedBars(store.db, now);
  const raised = new Map((await loadFingerprints(store.db)).map(({ fingerprint, id }) => [fingerprint, id]));
  const wanted = found.map((one) => asRaised(one, raised)).filter((one) => isWorthIt(one, bars));
  const holders = await claims.claimAll(
    wanted.map(fingerprintOf).map((key) => ({
      key: `signal:${key}`,
      // Who holds it renews it.
      holder: raised.get(key) ?? `sig-${randomUUID()}`,
    })),
    keptMs(watching),
  );
  const ends = await loadEnds(store.db, holders as SignalId[]);
  for (const [nth, finding] of wanted.entries()) {
    const id = holders[nth] as SignalId;
    const over = ends.get(id);
    if (over === undefined) await write(watching, raisedAs(id, finding, holding, now));
    else if (over) await comeBack(watching, raisedAs(id, finding, holding, now));
  }
}

/** What was raised as critical stays so until it is over. */
function asRaised(finding: Finding, raised: ReadonlyMap<string, SignalId>): Finding {
  const critical = raised.has(fingerprintOf({ ...finding, band: 'critical' }));
  return critical ? { ...finding, band: 'critical' } : finding;
}

/** What people had no use for takes more. */
function isWorthIt(finding: Finding, bars: ReadonlyMap<string, number>): boolean {
  const extra = bars.get(fingerprintOf(finding)) ?? 0;
  return extra === 0 || finding.severity >= 4 + extra;
}

interface Raised {
  signal: NewSignal;
  hold: Hold | undefined;
}

function raisedAs(id: SignalId, finding: Finding, holding: Holding, now: Date): Raised {
  const { key: _, severity: __, foretold = null, ...found } = finding;
  const hold = holdOn(finding, holding, now);
  const held = hold?.because ?? null;
  return { signal: { ...found, foretold, id, fingerprint: fingerprintOf(finding), held }, hold };
}

/** What is held back is written down and told to nobody. */
function write({ store, by }: Watching, { signal, hold }: Raised): Promise<void> {
  const { id, service, server, kind, band, metric, value, mean, deviation, z } = signal;
  return save(store, async (tx) => {
    if (!(await insert(tx, signal))) return { result: undefined, entries: [], jobs: [] };
    await keepForList(tx, id, hold);
    const about = { signal: id, service, server: server ?? undefined };
    const facts = { kind, band, metric, value, mean, deviation, z, members: signal.members.length };
    const because = hold ? [...signal.because, hold.because] : signal.because;
    return {
      result: undefined,
      entries: [{ kind: 'signal.raised', by, about, facts, because }],
      jobs: jobsFor(signal, hold),
    };
  });
}

/**
 * What nobody wants told is not received at all. What a team does not want told by itself may still belong to an
 * incident. Around what cannot be seen there is nothing to look at.
 */
function jobsFor({ id, kind }: NewSignal, hold: Hold | undefined): Job[] {
  if (hold?.cause === 'silence' || hold?.cause === 'window') return [];
  const received: Job = { name: 'receive-signal', signal: id };
  return kind === 'blind' ? [received] : [received, { name: 'enrich-signal', signal: id }];
}

/** Back within three cycles it is the same, seen now; what held it back may be over since. */
async function comeBack(
  { store, claims, by, monitor }: Watching,
  { signal: { id, fingerprint }, hold }: Raised,
): Promise<void> {
  await save(store, async (tx) => {
    const returned = await setReturned(tx, id);
    if (!returned) return { result: undefined, entries: [], jobs: [] };
    const released = returned.held !== null && !hold ? await release(tx, [id]) : [];
    const jobs: Job[] = [
      { name: 'show', subject: `signal:${id}` },
      ...released.map((signal): Job => ({ name: 'enrich-signal', signal })),
    ];
    return { result: undefined, entries: [{ kind: 'signal.returned', by, about: { signal: id } }], jobs };
  });
  await claims.renew(`signal:${fingerprint}`, keptMs({ monitor }));
}
