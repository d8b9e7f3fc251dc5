import { z } from 'zod';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Restarts one service on one server. */
export function restartService(awx: Awx) {
  return awxTemplate(awx, {
    name: 'restart-service',
    version: 1,
    risk: 'low',
    arguments: z.strictObject({ service: z.string().min(1), server: z.string().min(1) }),
    what: ({ service, server }) => `Restart ${service} on ${server}`,
    target: ({ server }) => server,
    rollback: () => 'None needed: the service comes back as it was configured.',
  });
}
