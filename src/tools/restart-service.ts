import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Restarts one service on one server. */
export function restartService(awx: Awx) {
  return awxTemplate(awx, {
    name: 'restart-service',
    version: 1,
    risk: 'low',
    arguments: z.strictObject({ service: id, server: id }),
    what: ({ service, server }) => `Restart ${service} on ${server}`,
    target: ({ server }) => server,
    inverse: () => ({ kind: 'none', says: 'None needed: the service comes back as it was configured.' }),
  });
}
