import { z } from 'zod';
import { fields, id, setting, showable, shown, value } from './argument.ts';
import { type Awx, awxTemplate, hostFact } from './awx-template.ts';

const name = 'change-configuration';

/** Changes one setting of one server. What it is now is told by the host's variable `settings` in AWX. */
export function changeConfiguration(awx: Awx) {
  return awxTemplate(awx, {
    name,
    version: 1,
    risk: 'medium',
    arguments: z
      .strictObject({ server: id, setting, from: value, to: value })
      .refine(({ from, to }) => from !== to, 'wants another value than the present one')
      .refine(
        ({ setting, from, to }) => showable(setting, from) && showable(setting, to),
        'wants a secret by its reference vault:path#key',
      ),
    what: ({ server, setting, from, to }) => `Change ${setting} on ${server} from ${from} to ${to}`,
    target: ({ server }) => server,
    inverse: ({ server, setting, from, to }) => ({
      kind: 'tool',
      tool: name,
      arguments: { server, setting, from: to, to: from },
      says: `Change ${setting} on ${server} back from ${to} to ${from}.`,
    }),
    reliesOn: ({ server, setting }) =>
      hostFact(awx, server, 'present value', ({ settings }) => {
        const held = new Map(Object.entries(fields(settings)));
        return shown(setting, held.get(setting));
      }),
  });
}
