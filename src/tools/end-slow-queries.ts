import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Cancels the queries of one service on a database that have been under way for longer than ten seconds; sessions stay. */
export function endSlowQueries(awx: Awx) {
  return awxTemplate(awx, {
    name: 'end-slow-queries',
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ service: id, server: id }),
    what: ({ service, server }) => `Cancel the slow queries of ${service} on ${server}`,
    target: ({ server }) => server,
    inverse: () => ({
      kind: 'none',
      says: 'None: what a query had not committed is rolled back. The service asks again.',
    }),
  });
}
