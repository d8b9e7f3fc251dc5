import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

const name = 'switch-partner';
const states = z.enum(['on', 'off']);

/** Has one service answer without its partner outside, by what it was built with for that, or with it again. */
export function switchPartner(awx: Awx) {
  return awxTemplate(awx, {
    name,
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ service: id, partner: states }),
    what: ({ service, partner }) => said(service, partner),
    target: ({ service }) => service,
    inverse: ({ service, partner }) => {
      const back = partner === 'off' ? 'on' : 'off';
      const says = `${said(service, back)}.`;
      return { kind: 'tool', tool: name, arguments: { service, partner: back }, says };
    },
  });
}

function said(service: string, partner: z.infer<typeof states>): string {
  return partner === 'off'
    ? `Have ${service} answer without its partner`
    : `Have ${service} ask its partner again`;
}
