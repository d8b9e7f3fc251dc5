import { z } from 'zod';
import { id, shown, texts } from './argument.ts';
import { type Awx, awxTemplate, hostFact } from './awx-template.ts';

const name = 'change-database';

/** Every change there is, and the one that undoes it: nobody writes SQL here. */
const undoneBy = {
  'add-index-orders-created': 'drop-index-orders-created',
  'drop-index-orders-created': 'add-index-orders-created',
  'add-index-payments-status': 'drop-index-payments-status',
  'drop-index-payments-status': 'add-index-payments-status',
  'drop-column-orders-legacy': undefined,
} as const;

type Change = keyof typeof undoneBy;

/**
 * Makes one prepared change to a production database. What was changed last is told by the host's variable
 * `database_changes` in AWX: names, in the order they were made.
 */
export function changeDatabase(awx: Awx) {
  return awxTemplate(awx, {
    name,
    version: 1,
    risk: 'high',
    arguments: z.strictObject({ server: id, change: z.enum(Object.keys(undoneBy) as Change[]) }),
    what: ({ server, change }) => `Make the database change ${change} on ${server}`,
    target: ({ server }) => server,
    inverse: ({ server, change }) => {
      const back = undoneBy[change];
      if (!back)
        return { kind: 'none', says: `None: what ${change} takes away comes back from a backup only.` };
      const says = `Make the database change ${back} on ${server}.`;
      return { kind: 'tool', tool: name, arguments: { server, change: back }, says };
    },
    reliesOn: ({ server }) =>
      hostFact(awx, server, 'last change', ({ database_changes: made }) => {
        return shown('last change', texts(made).at(-1) ?? 'none');
      }),
  });
}
