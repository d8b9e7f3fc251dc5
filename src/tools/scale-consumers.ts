import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Starts more consumers of the queue of one service, until it is empty. */
export function scaleConsumers(awx: Awx) {
  return awxTemplate(awx, {
    name: 'scale-consumers',
    version: 1,
    risk: 'low',
    arguments: z.strictObject({ service: id, server: id }),
    what: ({ service, server }) => `Start more consumers of the queue of ${service} on ${server}`,
    target: ({ server }) => server,
    inverse: () => ({
      kind: 'none',
      says: 'None needed: the added consumers end by themselves once the queue is empty.',
    }),
  });
}
