import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Ends the idle sessions of one service on a database; what is in the middle of a transaction stays. */
export function endSessions(awx: Awx) {
  return awxTemplate(awx, {
    name: 'end-sessions',
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ service: id, server: id }),
    what: ({ service, server }) => `End the idle sessions of ${service} on ${server}`,
    target: ({ server }) => server,
    inverse: () => ({ kind: 'none', says: 'None needed: the service opens the sessions it needs anew.' }),
  });
}
