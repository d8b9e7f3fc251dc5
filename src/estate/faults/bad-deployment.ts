import type { Fault } from './fault.ts';

const story = ['checkout', 'search', 'catalog', 'payments', 'orders', 'storefront'];

/** A new version that throws: errors and latency of one service jump right after its deployment. */
export const badDeployment: Fault = {
  name: 'bad-deployment',
  says: 'a new version of a service fails many of its requests',
  places: ({ versions }) =>
    story.map((service) => {
      const { now, next } = versions(service);
      return { service, version: next, replaces: now };
    }),
  bends: ({ service }, { services }) => [
    { metric: 'http_requests_errors_total', labels: { service }, by: 24, after: 1, over: 6 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 2.6, after: 1, over: 8 },
    ...services
      .filter(({ dependsOn }) => dependsOn.includes(service))
      .map(({ id }) => {
        return {
          metric: 'http_request_duration_p95_seconds',
          labels: { service: id },
          by: 0.45,
          after: 6,
          over: 12,
        };
      }),
  ],
  cries: ({ service, version }) => [
    {
      labels: { app: service, level: 'error' },
      after: 1.5,
      every: 0.7,
      text: (nth) =>
        `TypeError: Cannot read properties of undefined (reading 'currency') at price (${service}@${version}/price.js:${88 + (nth % 3)})`,
    },
    {
      labels: { app: service, level: 'error' },
      after: 2,
      every: 1.9,
      text: (nth) =>
        `unhandled exception, answering 500 version=${version} request=${(nth * 7919 + 4177).toString(16)}`,
    },
  ],
  mend: {
    template: 'roll-back-deployment',
    fits: (target, { service, version }) => service === target.service && version === target.replaces,
  },
  recovery: 6,
};
