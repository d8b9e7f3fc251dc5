import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Moves one virtual server, while it runs, to a host that the scheduler finds room on. */
export function moveWorkload(awx: Awx) {
  return awxTemplate(awx, {
    name: 'move-workload',
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ server: id }),
    what: ({ server }) => `Move ${server} to another host while it runs`,
    target: ({ server }) => server,
    inverse: () => ({ kind: 'none', says: 'None needed: any host with room does; it may be moved again.' }),
  });
}
