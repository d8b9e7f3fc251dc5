import type { Fault } from './fault.ts';
import { on } from './place.ts';

/** Errors that a service logs and that mean nothing for anybody else: nothing is broken, and no metric moves. */
const lines: { name: string; says: string; text(service: string, nth: number): string }[] = [
  {
    name: 'noisy-feed',
    says: 'a partner of a service is away, and it says so again and again',
    text: (service, nth) =>
      `${service}: price feed of partner 7 answered 503, trying again in ${30 + (nth % 5)} s`,
  },
  {
    name: 'noisy-quote',
    says: 'a service logs what its customers type, which may sound like anything',
    text: (service, nth) =>
      `${service}: no result for "out of memory card ${16 << (nth % 4)} GB", "disk full refund"`,
  },
  {
    name: 'noisy-mail',
    says: 'a service logs mail that comes back, whose words are those of others',
    text: (service, nth) =>
      `${service}: mail ${8_000 + nth} came back: "certificate has expired", "clock skew", "no healthy upstream"`,
  },
];

/** Noise in the logs, of any service on any server that customers' requests run on. */
export const noises: Fault[] = lines.map(({ name, says, text }) => ({
  ...{ name, says, places: on('web', 'app', 'search'), bends: () => [] },
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 0, every: 4, text: (nth) => text(service, nth) },
    },
  ],
  mend: { template: 'none', fits: () => false },
  recovery: 1,
}));
