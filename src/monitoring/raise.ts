import { randomUUID } from 'node:crypto';
import type { SignalId } from '../ids.ts';
import { service as findService, servicesOn } from '../inventory/inventory.ts';
import { save } from '../jobs/save.ts';
import { keptMs, keyOf, type Watching } from './cycle.ts';
import type { Reading } from './reading.ts';
import type { Signal } from './signal.ts';
import { insert, load } from './store.ts';

type New = Omit<Signal, 'raisedAt' | 'incident'>;

/**
 * Raises an anomaly once: the fingerprint is held under the id of the signal to be written, so that a
 * crash between the two leaves a holder without a row, and the next cycle writes it under that id.
 */
export async function raise(watching: Watching, reading: Reading): Promise<void> {
  const key = `signal:${keyOf(reading)}`;
  const id = (await watching.claims.claim(key, `sig-${randomUUID()}`, keptMs(watching))) as SignalId;
  if (await load(watching.store.db, id)) return watching.claims.renew(key, keptMs(watching));
  const signal = signalFor(watching, id, key, reading);
  if (signal) await write(watching, signal);
}

/** The most critical service of a server stands for it. A series about nothing in the inventory raises nothing. */
function signalFor(
  { inventory }: Watching,
  id: SignalId,
  fingerprint: string,
  reading: Reading,
): New | undefined {
  const { metric, value, mean, deviation, z, subject } = reading;
  const server = reading.about === 'server' ? subject : null;
  const candidates = server ? servicesOn(inventory, server) : [findService(inventory, subject)];
  const service = candidates
    .filter((one) => one !== undefined)
    .sort((a, b) => a.criticality - b.criticality)[0]?.id;
  return service ? { id, fingerprint, service, server, metric, value, mean, deviation, z } : undefined;
}

function write({ store, by }: Watching, signal: New): Promise<void> {
  const { id, service, server, metric, value, mean, deviation, z } = signal;
  return save(store, async (tx) => {
    if (!(await insert(tx, signal))) return { result: undefined, entries: [], jobs: [] };
    const about = { signal: id, service, server: server ?? undefined };
    return {
      result: undefined,
      entries: [{ kind: 'signal.raised', by, about, facts: { metric, value, mean, deviation, z } }],
      jobs: [{ name: 'receive-signal', signal: id }],
    };
  });
}
