import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Ends those sessions of one service that do nothing in an open transaction whose locks others wait for. */
export function endBlockingSessions(awx: Awx) {
  return awxTemplate(awx, {
    name: 'end-blocking-sessions',
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ service: id, server: id }),
    what: ({ service, server }) => `End the sessions of ${service} on ${server} that others wait for`,
    target: ({ server }) => server,
    inverse: () => ({
      kind: 'none',
      says: 'None: what such a session had not committed is rolled back. The service does it again.',
    }),
  });
}
