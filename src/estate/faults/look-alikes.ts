import type { Bend, Fault, Scene, Target } from './fault.ts';
import { moreLikes, stolen } from './more-likes.ts';
import { on } from './place.ts';

type Bent = { [metric: string]: number };

/** What looks like a fault of the company and is none: nothing there is broken, and nothing is to be done about it. */
export interface Like {
  /** The fault it looks like. */
  of: string;
  says: string;
  places(scene: Scene): Target[];
  /** By how much, as shares of the usual level; those of a service under its own name. */
  bends: Bent;
  /** Seconds until it is all there. */
  over: number;
  /** What the service there logs meanwhile, as information unless said, every so many seconds. */
  logs?: { level?: 'error'; every: number; text(target: Target, nth: number): string };
}

const memory = 'node_memory_MemAvailable_bytes';
const disk = 'node_filesystem_avail_bytes';
const cpu = 'node_cpu_seconds_total';
const io = 'node_disk_io_time_seconds_total';
const latency = 'http_request_duration_p95_seconds';
const errors = 'http_requests_errors_total';

const likes: Like[] = [
  {
    of: 'bad-deployment',
    says: 'a new version goes live, answers slowly while it warms up, and is fine',
    places: ({ inventory, versions }) =>
      inventory.services.map(({ id }) => {
        const { now, next } = versions(id);
        return { service: id, version: next, replaces: now };
      }),
    bends: { [latency]: 0.1 },
    over: 5,
    logs: { every: 20, text: ({ service, version }) => `${service}@${version} is up, caches are warm` },
  },
  {
    of: 'memory-leak',
    says: 'a nightly report holds a lot of memory for a while and gives it back',
    places: on('app'),
    bends: { [memory]: -0.35, [cpu]: 0.1 },
    over: 30,
    logs: { every: 15, text: (_, nth) => `report: ${nth * 40_000} rows read into memory` },
  },
  {
    of: 'full-disk',
    says: 'a backup is written next to the data before it is shipped',
    places: on('db', 'search'),
    bends: { [disk]: -0.2, [io]: 1.2 },
    over: 60,
    logs: { every: 12, text: (_, nth) => `backup: ${nth * 2} GB written` },
  },
  {
    of: 'process-down',
    says: 'a partner outside refuses connections, and what asks it fails now and then',
    places: on('web', 'app', 'search'),
    bends: { [errors]: 0.8 },
    over: 5,
    logs: {
      level: 'error',
      every: 2,
      text: (_, nth) => `connect ECONNREFUSED 203.0.113.${7 + (nth % 3)}:443, the partner is asked again`,
    },
  },
  {
    of: 'cpu-runaway',
    says: 'a report is computed on spare cores',
    places: on('app'),
    bends: { [cpu]: 1.1 },
    over: 10,
    logs: { every: 10, text: (_, nth) => `report: ${nth} of 40 tables done` },
  },
  {
    of: 'connection-pool',
    says: 'a nightly job opens many sessions of its own, and there are enough for all',
    places: on('db'),
    bends: { pg_stat_activity_count: 0.6 },
    over: 10,
    logs: { every: 10, text: (_, nth) => `job: session ${nth} of 40 opened` },
  },
  {
    of: 'queue-backlog',
    says: 'a campaign fills the queue faster than usual, and it is worked off in turn',
    places: on('queue'),
    bends: { rabbitmq_queue_messages: 1.2 },
    over: 30,
    logs: { every: 6, text: (_, nth) => `campaign: ${nth * 50} orders taken from the queue` },
  },
  {
    of: 'crash-loop',
    says: 'a service is restarted once to take up new settings',
    places: on('web', 'app', 'search'),
    bends: { [errors]: 0.6, [cpu]: 0.3 },
    over: 3,
    logs: {
      level: 'error',
      every: 600,
      text: ({ service }) => `${service}.service: Scheduled restart job, restart counter is at 1.`,
    },
  },
  ...moreLikes,
];

/** For every fault that has a runbook, what looks like it and must not be touched. */
export const lookAlikes: Fault[] = likes.map(faultFrom);

function faultFrom({ of, says, places, bends, over, logs }: Like): Fault {
  return {
    ...{ name: `like-${of}`, says, places },
    bends: (target) => Object.entries(bends).map(([metric, by]) => bendOf(metric, by, target, over)),
    cries: (target) =>
      logs
        ? [
            {
              labels: {
                app: target.service,
                level: logs.level ?? 'info',
                ...(target.server && { instance: target.server }),
              },
              ...{ after: 1, every: logs.every },
              text: (nth) => logs.text(target, nth),
            },
          ]
        : [],
    mend: { template: 'none', fits: () => false },
    recovery: 10,
  };
}

function bendOf(name: string, by: number, { service, server = '' }: Target, over: number): Bend {
  const of = { [cpu]: { mode: 'user' }, [stolen]: { mode: 'steal' } }[name];
  const isOfService = name.startsWith('http_') || name.startsWith('envoy_');
  const labels: Record<string, string> = isOfService ? { service } : { instance: server, ...of };
  return { metric: name === stolen ? cpu : name, labels, by, after: 0, over };
}
