import type { Bend, Fault } from './fault.ts';
import { isThere, on } from './place.ts';

/** What a cache holds ends all at once, and everybody makes it anew at the same time. */
export const cacheStampede: Fault = {
  name: 'cache-stampede',
  says: 'a cache forgets everything at once, and all callers make it anew together',
  places: on('cache'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'redis_keyspace_hit_ratio', labels: { instance: server }, by: -0.7, after: 0, over: 4 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 2.1, after: 2, over: 8 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 2.5, after: 6, over: 8 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 2, every: 1.9 },
      text: (nth) =>
        `cache ${server}: ${90 + 7 * nth} callers of ${service} rebuild item:${4700 + nth} at once`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 6, every: 4.3 },
      text: (nth) => `${service}: cache stampede, gave up on item:${4700 + nth} after 5 s`,
    },
  ],
  mend: { template: 'warm-cache', fits: isThere },
  recovery: 5,
};
