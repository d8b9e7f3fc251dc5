import { z } from 'zod';
import type { Inventory } from '../../inventory/inventory.ts';
import { spellings } from '../../inventory/near.ts';
import type { Alert } from '../../systems/alertmanager/webhook.ts';
import type { Band } from '../anomaly.ts';

/** Which labels of an alert name a service or a server of the inventory; the first that does counts. */
export const alertLabelsSchema = z.strictObject({
  service: z.array(z.string().min(1)).default(['service']),
  server: z.array(z.string().min(1)).default(['server', 'instance']),
});
export type AlertLabels = z.output<typeof alertLabelsSchema>;

/** What an alert is about. */
export interface Place {
  service: string;
  server: string | null;
}

type Labels = Record<string, string>;

/** Says what an alert's labels are about: a service, the most critical one on the server they name, or undefined. */
export function placing(
  { services, servers }: Inventory,
  names: AlertLabels,
): (labels: Labels) => Place | undefined {
  const ids = new Map(
    services.flatMap(({ id, name }) => [[name.toLowerCase(), id] as const, [id, id] as const]),
  );
  const byImportance = services.toSorted((a, b) => a.criticality - b.criticality).map(({ id }) => id);
  const rank = new Map(byImportance.map((id, place) => [id, place]));
  const foremost = new Map(
    servers.map((one) => [
      one.id,
      one.services.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))[0],
    ]),
  );
  const first = <T>(labels: Labels, among: string[], find: (value: string) => T | undefined) =>
    among
      .map((name) => labels[name])
      .map((value) => (value === undefined ? undefined : find(value)))
      .find((one) => one !== undefined);
  return (labels) => {
    const service = first(labels, names.service, (value) => ids.get(value.toLowerCase()));
    const server = first(labels, names.server, (value) => spellings(value).find((one) => foremost.has(one)));
    const about = service ?? (server === undefined ? undefined : foremost.get(server));
    return about === undefined ? undefined : { service: about, server: server ?? null };
  };
}

/** As bad as its label `severity` says: what calls a person is critical. */
export function bandOf({ severity = '' }: Labels): Band {
  return /^(critical|page|emergency|disaster|p1|sev1)$/i.test(severity) ? 'critical' : 'watch';
}

/** What it is called: its label `alertname`, which Prometheus always gives. */
export function nameOf({ alertname }: Labels): string {
  return (alertname ?? 'an alert without a name').slice(0, 200);
}

/** What one firing is known by, however often it is told. */
export function keyOf({ fingerprint, startsAt }: Pick<Alert, 'fingerprint' | 'startsAt'>): string {
  return `${fingerprint}:${startsAt.toISOString()}`;
}

/** Each firing once, by and in the order of its key, so that of two deliveries at once one waits for the other. */
export function distinct(alerts: Alert[]): Map<string, Alert> {
  const found = new Map<string, Alert>();
  for (const alert of alerts) {
    // That it is over is the newer of the two.
    if (!found.get(keyOf(alert))?.endsAt) found.set(keyOf(alert), alert);
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
