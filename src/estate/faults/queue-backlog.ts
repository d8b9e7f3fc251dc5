import type { Bend, Fault } from './fault.ts';
import { isThere, on } from './place.ts';

/** Consumers of a queue stand still: it grows until the broker lets nothing more in. */
export const queueBacklog: Fault = {
  name: 'queue-backlog',
  says: 'too few take from a queue, and it grows until nothing more is let in',
  places: on('queue'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'rabbitmq_queue_messages', labels: { instance: server }, by: 9, after: 0, over: 40 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 0.9, after: 10, over: 20 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 4, after: 18, over: 12 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 6, every: 3.1 },
      text: (nth) => `queue ${service} on ${server}: ${900 + 60 * nth} messages ready, consumers fall behind`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 16, every: 2.3 },
      text: () => `publish to ${service} blocked: resource alarm on the broker`,
    },
  ],
  mend: { template: 'scale-consumers', fits: isThere },
  recovery: 8,
};
