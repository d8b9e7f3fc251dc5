import { isUsual, type Reading, signalAt } from '../monitoring/reading.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Measured } from './incident.ts';
import type { Responder } from './responder.ts';

export interface Look {
  /** Every series that raised a signal, as it is now. */
  metrics: Measured[];
  usual: boolean;
  /** Something is critical, or does not answer. */
  critical: boolean;
}

/** Reads again what raised the incident's signals. A series that does not answer is not usual. */
export async function measure({ monitor, now }: Responder, signals: Signal[]): Promise<Look> {
  const { readings } = await monitor.scrape(now());
  const asked = [...new Set(signals.map(({ metric, server, service }) => `${metric} ${server ?? service}`))];
  const found = asked.map((key) => readings.find((one) => `${one.metric} ${one.subject}` === key));
  return {
    metrics: found.filter((one) => one !== undefined).map(measured),
    usual: found.every((one) => one !== undefined && isUsual(one)),
    critical: found.some((one) => one === undefined || one.z >= signalAt),
  };
}

function measured({ metric, says, subject, value, mean, z }: Reading): Measured {
  return { metric, says, subject, value, usual: mean, z };
}
