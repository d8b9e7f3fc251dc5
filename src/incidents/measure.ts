import { isUsual, type Reading, signalAt } from '../monitoring/reading.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Measured } from './incident.ts';
import type { Responder } from './responder.ts';

export interface Look {
  /** Every series that raised a signal, as it is now. */
  metrics: Measured[];
  usual: boolean;
  /** Something is critical, or does not answer, or a critical alert fires. */
  critical: boolean;
}

/** Reads again what raised the incident's signals. A series that does not answer is not usual, nor an alert that fires. */
export async function measure({ monitor, now }: Responder, signals: Signal[]): Promise<Look> {
  const { readings } = await monitor.scrape(now());
  const firing = signals.filter(({ kind, recoveredAt }) => kind === 'alert' && recoveredAt === null);
  const asked = [...new Set(signals.flatMap(seriesIn))];
  const found = asked.map((key) => readings.find((one) => `${one.metric} ${one.subject}` === key));
  return {
    metrics: found.filter((one) => one !== undefined).map(measured),
    usual: firing.length === 0 && found.every((one) => one !== undefined && isUsual(one)),
    critical:
      firing.some(({ band }) => band === 'critical') ||
      found.some((one) => one === undefined || one.z >= signalAt),
  };
}

/** The series of a signal, as `metric subject`; what measures nothing has none. */
function seriesIn({ members }: Signal): string[] {
  return members.map(({ metric, subject }) => `${metric} ${subject}`);
}

function measured({ metric, says, subject, value, mean, z }: Reading): Measured {
  return { metric, says, subject, value, usual: mean, z };
}
