import { z } from 'zod';
import { account, licence } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

const name = 'change-licence';

/** Gives an account another licence. AWX's job sees to it that `from` is what the account has. */
export function changeLicence(awx: Awx) {
  return awxTemplate(awx, {
    name,
    version: 1,
    risk: 'medium',
    arguments: z
      .strictObject({ account, from: licence, to: licence })
      .refine(({ from, to }) => from !== to, 'wants another licence than the account has'),
    what: ({ account, from, to }) => `Change the licence of ${account} from ${from} to ${to}`,
    target: ({ account }) => account,
    inverse: ({ account, from, to }) => ({
      kind: 'tool',
      tool: name,
      arguments: { account, from: to, to: from },
      says: `Change the licence of ${account} back from ${to} to ${from}.`,
    }),
  });
}
