import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Rotates and compresses the logs of one server. */
export function rotateLogs(awx: Awx) {
  return awxTemplate(awx, {
    name: 'rotate-logs',
    version: 1,
    risk: 'low',
    arguments: z.strictObject({ server: id }),
    what: ({ server }) => `Rotate and compress the logs on ${server}`,
    target: ({ server }) => server,
    inverse: () => ({ kind: 'none', says: 'None needed: rotated logs are kept, compressed.' }),
  });
}
