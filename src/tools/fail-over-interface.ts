import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Has the other link of a server's bond carry its traffic. */
export function failOverInterface(awx: Awx) {
  return awxTemplate(awx, {
    name: 'fail-over-interface',
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ server: id }),
    what: ({ server }) => `Have the other link of ${server} carry its traffic`,
    target: ({ server }) => server,
    inverse: () => ({
      kind: 'none',
      says: 'None needed: the other link carries the same. Fail over once more when the first is mended.',
    }),
  });
}
