import { type Inventory, neighbours, serversOf } from '../inventory/inventory.ts';
import type { Symptoms } from '../knowledge/likeness.ts';
import { templateOf } from '../monitoring/enrich/logs.ts';
import { isUsual, type Reading } from '../monitoring/reading.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { LogLine } from '../systems/loki/read.ts';

const mostLines = 8;

/** What is known of an incident before its cause is: what past ones are held against, and what is kept of it. Pure. */
export function symptomsOf(
  service: string,
  signals: Signal[],
  { readings, errors }: { readings: Reading[]; errors: LogLine[] },
  inventory: Inventory,
): Symptoms {
  const because = [...new Set(signals.flatMap((one) => one.because))];
  const named = signals.flatMap(({ server, members }) => [
    ...(server ? [server] : []),
    ...members.filter(({ about }) => about === 'server').map(({ subject }) => subject),
  ]);
  const here = new Set([service, ...serversOf(inventory, service).map(({ id }) => id), ...named]);
  const unusual = readings.filter((one) => here.has(one.subject) && !isUsual(one));
  const metrics = [
    ...signals.flatMap(({ metric, members }) => [metric, ...members.map((one) => one.metric)]),
    ...unusual.map(({ metric }) => metric),
  ].map((series) => series.split(' ')[0] as string);
  const lines = [...Map.groupBy(errors, ({ line }) => templateOf(line))];
  const most = lines.toSorted(([, a], [, b]) => b.length - a.length).slice(0, mostLines);
  const examples = most.map(([, [first]]) => first?.line.slice(0, 300) ?? '');
  return {
    title: `${service}: ${because[0] ?? 'an incident'}`.slice(0, 300),
    text: [...because.slice(1, 6), ...examples].join('\n'),
    service,
    near: neighbours(inventory, service).map(({ id }) => id),
    servers: [...new Set(named)],
    metrics: [...new Set(metrics)],
    templates: most.map(([template]) => template.slice(0, 500)).filter((one) => one !== ''),
  };
}
