import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Has the standby of a database take from its primary again: its connection is made anew, its replay goes on. */
export function resumeReplication(awx: Awx) {
  return awxTemplate(awx, {
    name: 'resume-replication',
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ server: id }),
    what: ({ server }) => `Have the standby of ${server} follow its primary again`,
    target: ({ server }) => server,
    inverse: () => ({ kind: 'none', says: 'None needed: a standby is there to follow.' }),
  });
}
