import { z } from 'zod';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Rotates and compresses the logs of one server. */
export function rotateLogs(awx: Awx) {
  return awxTemplate(awx, {
    name: 'rotate-logs',
    version: 1,
    risk: 'low',
    arguments: z.strictObject({ server: z.string().min(1) }),
    what: ({ server }) => `Rotate and compress the logs on ${server}`,
    target: ({ server }) => server,
    rollback: () => 'None needed: rotated logs are kept, compressed.',
  });
}
