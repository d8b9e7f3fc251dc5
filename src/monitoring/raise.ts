import { randomUUID } from 'node:crypto';
import type { SignalId } from '../ids.ts';
import { service as findService, isOpenWindow } from '../inventory/inventory.ts';
import type { Job } from '../jobs/job.ts';
import { save } from '../jobs/save.ts';
import type { Watching } from './cycle.ts';
import { type Finding, fingerprintOf } from './finding.ts';
import { raisedBars, silences } from './silences/read.ts';
import { type Expected, type Mute, silenced } from './silences/silence.ts';
import { insert, loadEnds, loadFingerprints, type NewSignal, setReturned } from './store.ts';

/** What holds signals back at this moment. */
interface Holding {
  mutes: Mute[];
  calendar: Expected[];
  /** How many σ more each fingerprint takes. */
  bars: Map<string, number>;
}

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
  const { store, claims } = watching;
  const holding = { ...(await silences(store.db, now)), bars: await raisedBars(store.db, now) };
  const raised = new Map((await loadFingerprints(store.db)).map(({ fingerprint, id }) => [fingerprint, id]));
  const wanted = found.map((one) => asRaised(one, raised)).filter((one) => isWorthIt(one, holding));
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
    if (over === undefined) await write(watching, signalFor(watching, id, finding, holding, now));
    else if (over) await comeBack(watching, id);
  }
}

/** What was raised as critical stays so until it is over. */
function asRaised(finding: Finding, raised: ReadonlyMap<string, SignalId>): Finding {
  const critical = raised.has(fingerprintOf({ ...finding, band: 'critical' }));
  return critical ? { ...finding, band: 'critical' } : finding;
}

/** What people had no use for takes more. */
function isWorthIt(finding: Finding, { bars }: Holding): boolean {
  const extra = bars.get(fingerprintOf(finding)) ?? 0;
  return extra === 0 || finding.severity >= 4 + extra;
}

function signalFor(
  { inventory }: Watching,
  id: SignalId,
  finding: Finding,
  { mutes, calendar }: Holding,
  now: Date,
): NewSignal {
  const { key: _, severity: __, ...found } = finding;
  const signal = { ...found, id, fingerprint: fingerprintOf(finding) };
  const { kind, because: why } = silenced(signal, mutes, calendar, now);
  const windows = findService(inventory, signal.service)?.windows ?? [];
  const inWindow = windows.some((window) => isOpenWindow(window, now));
  const held = kind !== 'told' ? why : inWindow ? `A maintenance window of ${signal.service} is open.` : null;
  return { ...signal, held };
}

/** What is held back is written down and told to nobody. */
function write({ store, by }: Watching, signal: NewSignal): Promise<void> {
  const { id, service, server, kind, band, metric, value, mean, deviation, z, held } = signal;
  return save(store, async (tx) => {
    if (!(await insert(tx, signal))) return { result: undefined, entries: [], jobs: [] };
    const about = { signal: id, service, server: server ?? undefined };
    const facts = { kind, band, metric, value, mean, deviation, z, members: signal.members.length };
    const because = held === null ? signal.because : [...signal.because, held];
    return {
      result: undefined,
      entries: [{ kind: 'signal.raised', by, about, facts, because }],
      jobs: held === null ? jobsFor(signal) : [],
    };
  });
}

/** Around what cannot be seen there is nothing to look at. */
function jobsFor({ id, kind }: NewSignal): Job[] {
  const received: Job = { name: 'receive-signal', signal: id };
  return kind === 'blind' ? [received] : [received, { name: 'enrich-signal', signal: id }];
}

/** Back within three cycles it is the same. */
function comeBack({ store, by }: Watching, id: SignalId): Promise<void> {
  return save(store, async (tx) => {
    const returned = await setReturned(tx, id);
    return {
      result: undefined,
      entries: returned ? [{ kind: 'signal.returned', by, about: { signal: id } }] : [],
      jobs: returned ? [{ name: 'show', subject: `signal:${id}` }] : [],
    };
  });
}
