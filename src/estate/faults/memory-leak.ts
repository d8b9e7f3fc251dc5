import type { Bend, Fault } from './fault.ts';

/** A service that never gives memory back: its server runs dry, and it slows down collecting garbage. */
export const memoryLeak: Fault = {
  name: 'memory-leak',
  says: 'a service on one app server eats its memory until it crawls',
  places: ({ inventory }) =>
    inventory.servers
      .filter(({ class: of }) => of === 'app')
      .flatMap(({ id, services }) => services.map((service) => ({ service, server: id })))
      .reverse(),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'node_memory_MemAvailable_bytes', labels: { instance: server }, by: -0.9, after: 0, over: 75 },
    {
      metric: 'node_cpu_seconds_total',
      labels: { instance: server, mode: 'user' },
      by: 0.5,
      after: 5,
      over: 60,
    },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 0.9, after: 4, over: 60 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      after: 3,
      every: 2.3,
      text: (nth) =>
        `GC pause of ${Math.min(400 + nth * 130, 4800)} ms on ${server}: heap ${Math.min(88 + nth, 99)}% full after collection`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      after: 8,
      every: 5.1,
      text: () => `java.lang.OutOfMemoryError: Java heap space in ${service} on ${server}, request abandoned`,
    },
  ],
  mend: {
    template: 'restart-service',
    fits: (target, { service, server }) => service === target.service && server === target.server,
  },
  recovery: 8,
};
