// The cards that answer how something does, and what changed.
import type { Action } from '../../src/actions/action.ts';
import type { Card } from '../../src/chat/card.ts';
import type { IncidentId } from '../../src/ids.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import type { Happened } from '../../src/monitoring/changes/happened.ts';
import type { Reading } from '../../src/monitoring/reading.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { type Changed, changedCard } from '../../src/workers/changed.ts';
import { type Health, howCard } from '../../src/workers/how.ts';
import { ada } from './cards.ts';
import { muted, weekly } from './every-signal.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));

const memory: Reading = {
  ...{
    metric: 'memory_available',
    says: 'available memory',
    unit: 'bytes',
    about: 'server',
    subject: 'db-02',
  },
  ...{ value: 3.27e9, mean: 6e9, deviation: 1.6e8, z: 17.1 },
};
const cpu: Reading = {
  ...memory,
  metric: 'cpu_used',
  says: 'CPU use',
  unit: 'cores',
  value: 1.2,
  mean: 1.3,
  deviation: 0.1,
  z: -1,
};
const io = {
  ...cpu,
  metric: 'disk_io',
  says: 'time the disk is busy',
  unit: 's/s',
  value: 0.21,
  mean: 0.14,
  deviation: 0.02,
  z: 3.5,
};
const disk = { ...memory, metric: 'disk_available', says: 'free disk space', value: 9e9, z: -3.4 };
const latency: Reading = {
  ...cpu,
  says: '95th percentile latency',
  about: 'service',
  subject: 'catalog',
  unit: 's',
  value: 0.31,
  mean: 0.08,
  deviation: 0.01,
  z: 23,
};
const signal = {
  metric: 'memory_available',
  server: 'db-02',
  service: 'catalog',
  band: 'critical',
  raisedAt: at(1),
  incident: 'inc-7',
} as Signal;
const incident = {
  id: 'inc-7' as IncidentId,
  service: 'catalog',
  status: 'investigating',
  cause: null,
} as Incident;
const fine: Health = {
  ...{ name: 'db-02', readings: [cpu], beside: [], unseen: [], incidents: [], signals: [], silences: [] },
  says: (metric) => metric.replace('_', ' '),
};
const unseen = ['cpu_used could not be read: Prometheus answered GET /api/v1/query with 503: <*overloaded*>'];

const deployed: Happened = {
  ...{
    what: 'deployed',
    outcome: 'done',
    subject: 'checkout',
    services: ['checkout'],
    environment: 'production',
  },
  ...{
    version: '2.1',
    replacing: '2.0',
    at: at(2),
    by: 'github.com/<shop>',
    link: 'https://ci.example.com/1',
  },
};
const configured: Happened = {
  ...deployed,
  what: 'configured',
  outcome: 'failed',
  version: null,
  replacing: undefined,
  at: at(-1_500),
  by: undefined,
  link: null,
  subject: '*all* of `it`',
};
const deed = { question: { what: 'Roll checkout back to 2.0' }, worker: 'ada', endedAt: at(9) } as Action;
const some: Changed = {
  of: undefined,
  from: at(-1_560),
  changes: [deployed, configured],
  deeds: [deed],
  missing: undefined,
};
const desk = { by: ada, timezone: 'Europe/Berlin', now: () => at(30) };

export function everyAnswer(): [what: string, card: Card][] {
  const health: [string, Partial<Health>][] = [
    ['how-usual', {}],
    [
      'how-unusual',
      {
        readings: [cpu, io, memory, disk],
        beside: [latency],
        incidents: [incident],
        signals: [signal],
        silences: [muted, weekly],
      },
    ],
    ['how-signal', { signals: [{ ...signal, incident: null }] }],
    [
      'how-part',
      { readings: [cpu, memory], unseen: [...unseen, 'free disk space of db-02 is no longer reported.'] },
    ],
    ['how-blind', { readings: [], unseen: Array.from({ length: 9 }, () => unseen[0] ?? '') }],
    ['how-unmeasured', { readings: [] }],
    ['how-many', { readings: Array.from({ length: 20 }, () => cpu) }],
  ];
  const changes: [string, Partial<Changed>][] = [
    ['changes', {}],
    ['changes-none', { of: 'Checkout', from: at(0), changes: [], deeds: [] }],
    [
      'changes-unread',
      { of: 'Checkout', from: at(0), changes: [], deeds: [], missing: 'Loki did not answer within 5 s.' },
    ],
    ['changes-many', { changes: Array.from({ length: 40 }, () => deployed) }],
  ];
  return [
    ...health.map(([what, of]): [string, Card] => [what, howCard({ by: ada }, { ...fine, ...of })]),
    ...changes.map(([what, of]): [string, Card] => [what, changedCard(desk, { ...some, ...of })]),
  ];
}
