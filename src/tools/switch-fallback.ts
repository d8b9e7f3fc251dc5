import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

const name = 'switch-fallback';
const states = z.enum(['on', 'off']);

/** Has one service answer without its partner outside, by the fallback it was built with, or with it again. */
export function switchFallback(awx: Awx) {
  return awxTemplate(awx, {
    name,
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ service: id, fallback: states }),
    what: ({ service, fallback }) => said(service, fallback),
    target: ({ service }) => service,
    inverse: ({ service, fallback }) => {
      const back = fallback === 'on' ? 'off' : 'on';
      const says = `${said(service, back)}.`;
      return { kind: 'tool', tool: name, arguments: { service, fallback: back }, says };
    },
  });
}

function said(service: string, fallback: z.infer<typeof states>): string {
  return fallback === 'on'
    ? `Have ${service} answer without its partner`
    : `Have ${service} ask its partner again`;
}
