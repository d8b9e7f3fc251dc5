import { twofold } from './cause.ts';

/** Others take far more of a server's CPU time than usual, and what runs there is late for that. */
export const noisyNeighbour = twofold({
  kind: 'noisy-neighbour',
  metric: 'cpu_stolen',
  about: 'server',
  lines: /vCPU not scheduled|steal time above/i,
  says: (service, server) => `another virtual machine takes the time that ${service} needs on ${server}`,
});
