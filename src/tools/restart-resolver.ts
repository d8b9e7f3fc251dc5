import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Starts the resolver of one server anew, with nothing of what it remembered. */
export function restartResolver(awx: Awx) {
  return awxTemplate(awx, {
    name: 'restart-resolver',
    version: 1,
    risk: 'low',
    arguments: z.strictObject({ server: id }),
    what: ({ server }) => `Restart the resolver of ${server}, with an empty memory`,
    target: ({ server }) => server,
    inverse: () => ({ kind: 'none', says: 'None needed: the resolver asks anew for what it remembered.' }),
  });
}
