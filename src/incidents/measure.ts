import { isUsual, type Reading, signalAt } from '../monitoring/reading.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Incident, Measured } from './incident.ts';
import type { Responder } from './responder.ts';
import { offSince, seriesOf, signalsSince } from './said.ts';

export interface Look {
  /** Every series that raised a signal, as it is now. */
  metrics: Measured[];
  usual: boolean;
  /** Something is critical, or does not answer, or a critical alert fires. */
  critical: boolean;
  /** All that was read. */
  readings: Reading[];
  /** Of what a person says is wrong: the series that have been off since. */
  off?: string[];
}

/**
 * Reads again what raised the incident's signals, or only these series where a runbook names them. A series that does not
 * answer is not usual, nor an alert that fires. Of what only a person says is wrong it reads what has been off since; while
 * nothing has, nothing tells that it is mended.
 */
export async function measure(
  { monitor, inventory, now }: Pick<Responder, 'monitor' | 'inventory' | 'now'>,
  { service, said }: Pick<Incident, 'service' | 'said'>,
  signals: Signal[],
  only?: string[],
): Promise<Look> {
  const { readings } = await monitor.scrape(now());
  const counted = said ? signalsSince(said, signals) : signals;
  const firing = counted.filter(({ kind, recoveredAt }) => kind === 'alert' && recoveredAt === null);
  const off = said && offSince({ service, said }, signals, readings, inventory);
  const asked = only ?? off ?? [...new Set(signals.flatMap(seriesOf))];
  const found = asked.map((key) => readings.find((one) => `${one.metric} ${one.subject}` === key));
  const isTold = !said || counted.length > 0 || asked.length > 0;
  return {
    readings,
    metrics: found.filter((one) => one !== undefined).map(measured),
    usual: isTold && firing.length === 0 && found.every((one) => one !== undefined && isUsual(one)),
    critical:
      firing.some(({ band }) => band === 'critical') ||
      found.some((one) => one === undefined || one.z >= signalAt),
    ...(off && { off }),
  };
}

function measured({ metric, says, subject, value, mean, z }: Reading): Measured {
  return { metric, says, subject, value, usual: mean, z };
}
