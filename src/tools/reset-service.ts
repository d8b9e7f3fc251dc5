import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Stops one service on one server, removes its locks and scratch files, and starts it. */
export function resetService(awx: Awx) {
  return awxTemplate(awx, {
    name: 'reset-service',
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ service: id, server: id }),
    what: ({ service, server }) =>
      `Reset ${service} on ${server}: remove its locks and scratch files, and start it`,
    target: ({ server }) => server,
    inverse: () => ({
      kind: 'none',
      says: 'None: scratch files that are removed are gone. The service makes those it needs.',
    }),
  });
}
