import { z } from 'zod';
import { account } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Sends the holder of an account a link to choose a new password. No password is made, known or passed on. */
export function resetPassword(awx: Awx) {
  return awxTemplate(awx, {
    name: 'reset-password',
    version: 1,
    risk: 'low',
    arguments: z.strictObject({ account }),
    what: ({ account }) => `Send the holder of ${account} a link to reset the password`,
    target: ({ account }) => account,
    inverse: () => ({
      kind: 'none',
      says: 'None: a link once sent cannot be called back; unused, it lapses.',
    }),
  });
}
