import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Has the certificate of one service renewed on one server, by the authority it came from, and taken up. */
export function renewCertificate(awx: Awx) {
  return awxTemplate(awx, {
    name: 'renew-certificate',
    version: 1,
    risk: 'low',
    arguments: z.strictObject({ service: id, server: id }),
    what: ({ service, server }) => `Renew the certificate of ${service} on ${server}`,
    target: ({ server }) => server,
    inverse: () => ({ kind: 'none', says: 'None needed: the certificate before is kept, and has ended.' }),
  });
}
