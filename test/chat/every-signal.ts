// Every card of signals: each kind as raised and as over, what people decided on one, the lists of what is muted and of what was held.
import type { Card } from '../../src/chat/card.ts';
import type { IncidentId, SignalId, SilenceId } from '../../src/ids.ts';
import type { Anomaly } from '../../src/monitoring/anomaly.ts';
import { signalCard, type Told } from '../../src/monitoring/card.ts';
import { heldCard } from '../../src/monitoring/held/card.ts';
import type { List } from '../../src/monitoring/held/hold.ts';
import type { Signal, SignalKind } from '../../src/monitoring/signal.ts';
import { silencesCard } from '../../src/monitoring/silences/card.ts';
import type { Expected, Mute, Silenced } from '../../src/monitoring/silences/silence.ts';
import { ada, maria, picture } from './cards.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));

const errors: Anomaly = {
  metric: 'error_rate',
  about: 'service',
  subject: 'checkout',
  value: 7.87,
  mean: 0.12,
  deviation: 0.05,
  z: 155,
  band: 'critical',
  learning: false,
};
const slow = { ...errors, metric: 'latency_p95', value: 0.354, mean: 0.21, deviation: 0.012, z: 12 };
const memory: Anomaly = {
  ...{ ...errors, metric: 'memory_available', about: 'server', subject: 'app-03' },
  ...{ value: 3.27e9, mean: 6.0e9, deviation: 1.6e8, z: 17.1 },
};

function signal(changed: Partial<Signal> = {}): Signal {
  const { metric, value, mean, deviation, z, band } = changed.members?.[0] ?? errors;
  return {
    id: 'sig-7' as SignalId,
    fingerprint: 'service:checkout:error_rate',
    kind: 'anomaly',
    learning: false,
    service: 'checkout',
    server: null,
    ...{ metric, value, mean, deviation, z, band },
    members: [errors],
    held: null,
    foretold: null,
    because: [
      'It has been critical for two cycles: 155 standard deviations above what is usual on a Friday at 10:00.',
    ],
    raisedAt: at(0),
    recoveredAt: null,
    incident: null,
    ...changed,
  };
}

const names: Record<string, [says: string, unit: string]> = {
  error_rate: ['error rate', 'errors/s'],
  latency_p95: ['95th percentile latency', 's'],
  memory_available: ['available memory', 'bytes'],
  disk_available: ['free disk space', 'bytes'],
};
const nothing: Silenced = { kind: 'told', because: 'Nothing of it is muted or expected now.' };

function told(of: Partial<Signal> = {}, changed: Partial<Told> = {}): Told {
  return {
    signal: signal(of),
    by: ada,
    says: (metric) => names[metric]?.[0] ?? metric,
    unit: (metric) => names[metric]?.[1] ?? '',
    name: 'Checkout',
    owner: maria,
    inWindow: false,
    seen: 2,
    silenced: nothing,
    over: undefined,
    extra: 0,
    incidentLink: undefined,
    ahead: false,
    query: 'rate(http_requests_errors_total{job="shop"}[4m])',
    link: 'https://prometheus.example.com/graph?g0.expr=rate%28x%5B4m%5D%29&g0.tab=0',
    changes: [],
    traces: [],
    logs: [],
    notes: [],
    ...changed,
  };
}

const base = { signal: 'sig-7' as SignalId, service: 'checkout', server: null, band: 'critical' as const };
const series = [{ about: 'service' as const, subject: 'checkout', metric: 'error_rate' }];
const said = { ...base, series, person: maria, at: at(3), endedAt: null, endedBy: null };
export const muted: Mute = {
  ...said,
  id: '3' as SilenceId,
  kind: 'mute',
  until: new Date(at(3).getTime() + 4 * 3_600_000),
};
const when = { kind: 'weekly', hour: 98, hours: 2, timezone: 'Europe/Berlin' } as const;
export const weekly: Expected = {
  ...said,
  id: '4' as SilenceId,
  kind: 'expected',
  when,
  why: 'nightly *backup* of <orders>',
};
const today = { kind: 'date', date: '2026-11-20', timezone: 'Europe/Berlin' } as const;

const rich: Partial<Told> = {
  picture: { id: picture, alt: 'Line chart of error rate of checkout from 07:42 to 10:42 (Europe/Berlin).' },
  changes: [
    { at: new Date('2026-11-20T08:58:00Z'), text: 'checkout was deployed: 2.1 (was 2.0), by pipeline' },
    { text: 'and 2 more' },
  ],
  traces: [
    'checkout POST /checkout: 8 of 29 failed (TypeError: reading *currency* of <undefined>); p95 1.65 s, was 413 ms in the hour before',
    'storefront POST /buy: slow on web-02 (29 seen), p95 1.69 s, was 455 ms in the hour before',
  ],
  logs: ['12 × new 09:59:58 ERROR `pool` exhausted <anonymous>', '3 × 09:59:59 ERROR answering 500'],
  notes: [
    'Missing here, deployments: Loki did not answer within 2 s.',
    'Looked at, and nothing found: changes that were told.',
    'Payments is in a maintenance window until 05:00 (Europe/Berlin).',
  ],
};
const many = [errors, slow, memory, ...[1, 2, 3, 4].map((nth) => ({ ...memory, subject: `app-1${nth}` }))];

/** What each kind has to say, so that a new kind does not compile until it is here. */
const kinds: Record<SignalKind, Partial<Signal>> = {
  anomaly: { members: [memory], server: 'app-03', because: ['Memory has been falling for 50 min.'] },
  relation: {
    server: 'db-01',
    members: [
      { ...memory, subject: 'db-01', z: 1.9 },
      { ...slow, about: 'server', subject: 'db-01', z: 2.1 },
    ],
    because: ['Disk latency and queue length part ways, each in its own bounds.'],
  },
  alert: {
    metric: 'HighErrorRate',
    members: [],
    because: ['Alertmanager: 5 % of all requests fail (labels severity=page).'],
  },
  vanished: {
    server: 'app-03',
    metric: 'memory_available',
    members: [],
    because: ['node_exporter on app-03 no longer answers.'],
  },
  blind: {
    metric: 'error_rate',
    members: [],
    because: ['Prometheus has not answered for 3 cycles: nothing here is known to be healthy.'],
  },
  precursor: {
    band: 'watch',
    members: [{ ...slow, band: 'watch', z: 3.1 }],
    because: [
      'The last 20 min look as before inc-3 (pool exhausted), which began 40 min after such a lead-in.',
    ],
  },
  forecast: {
    band: 'watch',
    server: 'db-01',
    metric: 'disk_available',
    value: 4.1e9,
    members: [],
    because: ['At this rate it is full in 42 min (35 to 55 min).'],
  },
};

export function everySignal(): [what: string, card: Card][] {
  const ended = { ...muted, endedAt: at(9), endedBy: maria };
  const states: [string, Told][] = [
    ['signal', told({ members: many }, rich)],
    ['signal-first', told({}, { seen: 0, owner: undefined, query: undefined, link: undefined })],
    ['signal-learning', told({ learning: true, band: 'watch' }, { seen: 1 })],
    ['signal-recovered', told({ members: [errors, slow], recoveredAt: at(14) }, rich)],
    ['signal-muted', told({}, { silenced: { kind: 'muted', by: muted, because: 'It is muted.' } })],
    ['signal-mute-over', told({}, { over: muted })],
    ['signal-unmuted', told({}, { over: ended })],
    ['signal-expected', told({}, { silenced: { kind: 'expected', by: weekly, because: 'It is expected.' } })],
    ['signal-expected-over', told({}, { over: { ...weekly, when: today } })],
    ['signal-not-useful', told({}, { extra: 0.5, inWindow: true })],
    [
      'signal-incident',
      told({ incident: 'inc-7' as IncidentId }, { incidentLink: 'https://ops.slack.com/archives/C01OPS/p1' }),
    ],
    [
      'signal-prediction',
      told({ ...kinds.forecast, kind: 'forecast', incident: 'inc-7' as IncidentId }, { ahead: true }),
    ],
    ['signal-incident-unshown', told({ incident: 'inc-7' as IncidentId })],
  ];
  const each = Object.entries(kinds).flatMap(([kind, of]): [string, Told][] => [
    [`signal-${kind}`, told({ ...of, kind: kind as SignalKind })],
    [`signal-${kind}-over`, told({ ...of, kind: kind as SignalKind, recoveredAt: at(135) })],
  ]);
  return [...states, ...each].map(([what, one]) => [what, signalCard(one)]);
}

export function everySilence(): [what: string, card: Card][] {
  const says = (metric: string) => names[metric]?.[0] ?? metric;
  const six = {
    ...muted,
    series: ['a', 'b', 'c', 'd', 'e', 'f'].map((subject) => ({ ...series[0], subject })),
  } as Mute;
  const lot = Array.from({ length: 14 }, (_, nth) => ({ ...muted, id: `${nth + 10}` as SilenceId }));
  return [
    [
      'mutes',
      silencesCard(
        [muted, weekly, { ...weekly, id: '5' as SilenceId, when: today }, { ...six, id: '6' as SilenceId }],
        says,
        ada,
      ),
    ],
    ['mutes-none', silencesCard([], says, ada)],
    ['mutes-many', silencesCard(lot, says, ada)],
  ];
}

export function everyHeld(): [what: string, card: Card][] {
  const watch = (changed: Partial<Signal>) => signal({ band: 'watch', held: 'Held.', ...changed });
  const leak = watch({ members: [memory], server: 'app-03', z: 3.4, raisedAt: at(-400), held: null });
  const brief = watch({ members: [slow], raisedAt: at(-300), recoveredAt: at(-280) });
  const joined = watch({ members: [slow], service: 'pay-<1>', incident: 'inc-7' as IncidentId });
  const bad = signal({ raisedAt: at(-90), held: null });
  const lot = Array.from({ length: 15 }, (_, nth) => ({ ...brief, z: nth, raisedAt: at(-300 - nth) }));
  const rows: [string, List][] = [
    ['held-quiet-hours', { cause: 'quiet-hours', whose: 'money', signals: [brief, leak, joined] }],
    ['held-window', { cause: 'window', whose: 'checkout', signals: [brief, bad] }],
    ['held-over', { cause: 'quiet-hours', whose: 'a *team* of <two>', signals: [brief] }],
    ['held-many', { cause: 'window', whose: 'elsewhere', signals: lot }],
  ];
  const naming = {
    says: (metric: string) => names[metric]?.[0] ?? metric,
    unit: (metric: string) => names[metric]?.[1] ?? '',
    nameOf: (service: string) => (service === 'checkout' ? 'Checkout' : undefined),
  };
  return rows.map(([what, list]) => [what, heldCard({ ...list, ...naming, by: ada })]);
}
