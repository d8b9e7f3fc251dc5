import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Fills the cache of one service with what is read most, one piece after the other, while its callers wait for no rebuild. */
export function warmCache(awx: Awx) {
  return awxTemplate(awx, {
    name: 'warm-cache',
    version: 1,
    risk: 'low',
    arguments: z.strictObject({ service: id, server: id }),
    what: ({ service, server }) => `Fill the cache of ${service} on ${server} with what is read most`,
    target: ({ server }) => server,
    inverse: () => ({ kind: 'none', says: 'None needed: what is in a cache ends by itself.' }),
  });
}
