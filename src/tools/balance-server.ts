import { z } from 'zod';
import { id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

const name = 'balance-server';
const states = z.enum(['drain', 'ready']);

/** Takes one server out of its load balancer, so that nothing new is sent there, or puts it back. */
export function balanceServer(awx: Awx) {
  return awxTemplate(awx, {
    name,
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ server: id, state: states }),
    what: ({ server, state }) => said(server, state),
    target: ({ server }) => server,
    inverse: ({ server, state }) => {
      const back = state === 'drain' ? 'ready' : 'drain';
      return { kind: 'tool', tool: name, arguments: { server, state: back }, says: `${said(server, back)}.` };
    },
  });
}

function said(server: string, state: z.infer<typeof states>): string {
  return state === 'drain'
    ? `Take ${server} out of its load balancer`
    : `Put ${server} back behind its load balancer`;
}
