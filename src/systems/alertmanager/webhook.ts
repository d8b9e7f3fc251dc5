// Alertmanager, heard: what its webhook sends, version 4.
// Not what an alert means here: that is monitoring's.
import { z } from 'zod';
import { firstWrong } from '../webhook.ts';

export interface Alert {
  /** Of its labels: the same alert, whenever it fires. With `startsAt` the business key of one firing. */
  fingerprint: string;
  startsAt: Date;
  /** Undefined while it fires. */
  endsAt: Date | undefined;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Where it comes from, a web address; undefined when it is none. */
  link: string | undefined;
}

export interface Delivery {
  alerts: Alert[];
  /** How many more the group has that were left out, by the receiver's `max_alerts`. */
  truncated: number;
}

type Parsed = { kind: 'delivery'; delivery: Delivery } | { kind: 'refused'; detail: string };

const texts = z.record(z.string().max(1_000), z.string().max(20_000));
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts.default({}),
  startsAt: time,
  endsAt: time,
  generatorURL: z.string().max(10_000).default(''),
  fingerprint: z.string().regex(/^[0-9a-zA-Z_-]{1,100}$/),
});
const webhook = z.object({
  version: z.literal('4'),
  status: z.enum(['firing', 'resolved']),
  // Grafana's Alertmanager leaves it out.
  truncatedAlerts: z.number().int().nonnegative().default(0),
  alerts: z.array(alert).max(20_000),
});

/** The alerts of one webhook's body; *refused* names the first thing wrong. An alert that fires ends in the year 1, or later. */
export function parseWebhook(body: unknown): Parsed {
  const parsed = webhook.safeParse(body);
  if (!parsed.success) return { kind: 'refused', detail: firstWrong(parsed.error.issues) };
  const { alerts, truncatedAlerts } = parsed.data;
  return { kind: 'delivery', delivery: { alerts: alerts.map(alertFrom), truncated: truncatedAlerts } };
}

function alertFrom({ status, endsAt, generatorURL, ...rest }: z.output<typeof alert>): Alert {
  const isWeb = /^https?:\/\//.test(generatorURL) && URL.canParse(generatorURL);
  return {
    ...rest,
    endsAt: status === 'resolved' ? endsAt : undefined,
    link: isWeb ? generatorURL : undefined,
  };
}
