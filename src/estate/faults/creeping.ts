import type { Inventory } from '../../inventory/inventory.ts';
import type { Bend, Fault, Target } from './fault.ts';

/** What shows while it creeps, and what breaks in the end; by how much, as shares of the usual level. */
interface Creep {
  name: string;
  says: string;
  /** The classes of servers it strikes. */
  on: string[];
  creeps: { [metric: string]: number };
  breaks: { [metric: string]: number };
  cry(service: string, server: string): string;
  mend: string | undefined;
}

const errors = 'http_requests_errors_total';
const latency = 'http_request_duration_p95_seconds';
const memory = 'node_memory_MemAvailable_bytes';
const disk = 'node_filesystem_avail_bytes';
const cpu = 'node_cpu_seconds_total';
const io = 'node_disk_io_time_seconds_total';
const drops = 'node_network_receive_drop_total';

const creeps: Creep[] = [
  {
    name: 'connection-leak',
    says: 'a service keeps database connections open until there are none left',
    on: ['db'],
    creeps: { pg_stat_activity_count: 0.4, [latency]: 0.14 },
    breaks: { pg_stat_activity_count: 0.5, [errors]: 9, [latency]: 1.8 },
    cry: (service) => `FATAL: sorry, too many clients already (${service})`,
    mend: 'restart-service',
  },
  {
    name: 'heap-growth',
    says: 'the heap of a service grows until its server swaps',
    on: ['app'],
    creeps: { [memory]: -0.12, [cpu]: 0.16 },
    breaks: { [memory]: -0.7, [cpu]: 0.4, [latency]: 1.4, [errors]: 2 },
    cry: (service, server) => `java.lang.OutOfMemoryError: Java heap space in ${service} on ${server}`,
    mend: 'restart-service',
  },
  {
    name: 'log-growth',
    says: 'a chatty log grows until the disk is full',
    on: ['search', 'web'],
    creeps: { [disk]: -0.045, [io]: 0.5 },
    breaks: { [disk]: -0.95, [errors]: 3 },
    cry: (service, server) => `write /var/log/${service}/current.log on ${server}: No space left on device`,
    mend: 'rotate-logs',
  },
  {
    name: 'wearing-controller',
    says: 'the storage controller of a server fails bit by bit',
    on: ['db', 'search'],
    creeps: { [io]: 0.36, [drops]: 0.36, [cpu]: -0.1 },
    breaks: { [io]: 2, [drops]: 4, [latency]: 2, [errors]: 2 },
    cry: (_, server) => `blk_update_request: I/O error, dev sda on ${server}`,
    mend: undefined,
  },
  {
    name: 'cold-cache',
    says: 'a cache loses what it holds, and what is behind it has to do the work',
    on: ['cache'],
    creeps: { redis_keyspace_hit_ratio: -0.07, [cpu]: 0.15, [latency]: 0.12 },
    breaks: { redis_keyspace_hit_ratio: -0.6, [cpu]: 0.5, [latency]: 2.2, [errors]: 2 },
    cry: (service) => `${service}: upstream timed out while reading through the cache`,
    mend: 'restart-service',
  },
  {
    name: 'slow-consumer',
    says: 'a consumer is too slow and its queue grows until nothing is taken any more',
    on: ['queue'],
    creeps: { rabbitmq_queue_messages: 0.7, [cpu]: 0.14 },
    breaks: { rabbitmq_queue_messages: 6, [errors]: 5, [latency]: 1.2 },
    cry: (service) => `${service}: publish blocked by resource alarm of the broker`,
    mend: 'restart-service',
  },
];

/** Half an hour when the target does not say. */
const usualLead = 30;
const minute = 60;

/** Six failures that announce themselves: something creeps for a while, and then it breaks. */
export const creeping: Fault[] = creeps.map(faultFrom);

/** As each begins, but for what goes with it, and nothing comes of it: a backup, a sale, a cache that is warmed. */
export const lookAlikes: Fault[] = creeps.map((creep) => {
  const [first = ['', 0]] = Object.entries(creep.creeps);
  const { says, name } = creep;
  return {
    ...faultFrom({ ...creep, creeps: Object.fromEntries([first]), breaks: {} }),
    ...{ name: `like-${name}`, says: `looks like this and is not: ${says}`, cries: () => [] },
  };
});

function faultFrom(creep: Creep): Fault {
  return {
    name: creep.name,
    says: creep.says,
    places: ({ inventory }) =>
      inventory.servers
        .filter((server) => creep.on.includes(server.class))
        .flatMap(({ id, services }) => services.map((service) => ({ service, server: id }))),
    bends: (target, inventory) => {
      const lead = (target.leadMinutes ?? usualLead) * minute;
      return [
        ...bendsOf(creep.creeps, target, inventory, { after: 0, over: lead }),
        ...bendsOf(creep.breaks, target, inventory, { after: lead, over: minute }),
      ];
    },
    cries: ({ service, server = '', leadMinutes = usualLead }) => [
      {
        labels: { app: service, level: 'error', instance: server },
        after: leadMinutes * minute + 5,
        every: 2.1,
        text: () => creep.cry(service, server),
      },
    ],
    mend: {
      template: creep.mend ?? 'none',
      fits: (target, { service, server }) =>
        creep.mend === 'rotate-logs'
          ? server === target.server
          : service === target.service && server === target.server,
    },
    recovery: minute,
  };
}

function bendsOf(
  by: { [metric: string]: number },
  { service, server = '' }: Target,
  { servers }: Inventory,
  when: Pick<Bend, 'after' | 'over'>,
): Bend[] {
  const hosted = servers.find(({ id }) => id === server)?.services ?? [service];
  return Object.entries(by).flatMap(([metric, share]) => {
    const labels = metric.startsWith('http_')
      ? hosted.map((one) => ({ service: one }))
      : [{ instance: server, ...(metric === cpu && { mode: 'user' }) }];
    return labels.map((of) => ({ metric, labels: of as Record<string, string>, by: share, ...when }));
  });
}
