import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Sets the clock of one server by its time sources, at once. */
export function syncClock(awx: Awx) {
  return awxTemplate(awx, {
    name: 'sync-clock',
    version: 1,
    risk: 'low',
    arguments: z.strictObject({ server: id }),
    what: ({ server }) => `Set the clock of ${server} by its time sources`,
    target: ({ server }) => server,
    inverse: () => ({ kind: 'none', says: 'None needed: nobody wants the wrong time back.' }),
  });
}
