import type { SignalId } from '../../src/ids.ts';
import type { Anomaly } from '../../src/monitoring/anomaly.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { insert, type NewSignal } from '../../src/monitoring/store.ts';
import { type Db, transact } from '../../src/postgres/database.ts';

/** How far off a series is, by its short name such as `server app-03 memory_available`. */
export function anomaly(of: string, changed: Partial<Anomaly> = {}): Anomaly {
  const [about, subject = '', metric = ''] = of.split(' ');
  const far = {
    value: 7.87,
    mean: 0.12,
    deviation: 0.05,
    z: 155,
    band: 'critical',
    learning: false,
  } as const;
  return { about: about as Anomaly['about'], subject, metric, ...far, ...changed };
}

/** A signal of these series, the worst first, not written yet. */
export function signalOf(id: string, series: string[], changed: Partial<Signal> = {}): NewSignal {
  const members = series.map((of) => anomaly(of, { band: changed.band ?? 'critical' }));
  const worst = members[0] ?? anomaly('service checkout error_rate');
  const { metric, value, mean, deviation, z, band, about, subject } = worst;
  return {
    id: id as SignalId,
    fingerprint: `${about}:${subject}:${metric}`,
    kind: 'anomaly',
    learning: false,
    service: about === 'service' ? subject : 'payments',
    server: about === 'server' ? subject : null,
    ...{ metric, value, mean, deviation, z, band, members },
    because: ['It has been critical for two cycles.'],
    foretold: null,
    held: null,
    ...changed,
  };
}

/** The same, written as a cycle writes it; nothing else follows from it. */
export async function write(db: Db, signal: NewSignal): Promise<SignalId> {
  await transact(db, (tx) => insert(tx, signal));
  return signal.id;
}
