import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Removes temporary files of one server that are older than its own rules (tmpfiles.d) keep them. */
export function cleanTemporaryFiles(awx: Awx) {
  return awxTemplate(awx, {
    name: 'clean-temporary-files',
    version: 1,
    // They are gone afterwards.
    risk: 'medium',
    arguments: z.strictObject({ server: id }),
    what: ({ server }) => `Remove the temporary files on ${server} that are older than they are kept`,
    target: ({ server }) => server,
    inverse: () => ({
      kind: 'none',
      says: 'None: temporary files that are removed are gone. Only those past their age are.',
    }),
  });
}
