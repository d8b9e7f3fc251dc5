import { z } from 'zod';
import { id, texts } from './argument.ts';
import { type Awx, awxTemplate, hostFact } from './awx-template.ts';

const name = 'change-firewall';

const form = /^(allow|deny) ([1-9]\d{0,4})\/((?:\d{1,3}\.){3}\d{1,3})\/(\d|[12]\d|3[0-2])$/;
const rule = z
  .string()
  .max(40)
  .regex(form, 'wants allow or deny, a TCP port and a network, such as "allow 443/10.0.0.0/8"')
  .refine((text) => isExact(text), 'wants a port up to 65535 and a network without bits beyond its length');

/**
 * Lets TCP from one network in at one port of a server, or no longer. A firewall here lets nothing in but what a
 * rule allows, so denying takes that rule away. What is allowed now is told by the host's variable
 * `firewall_allows` in AWX, such as `443/10.0.0.0/8`; the job fails when it is so already, else the inverse would
 * not put things back.
 */
export function changeFirewall(awx: Awx) {
  return awxTemplate(awx, {
    name,
    version: 1,
    risk: 'high',
    arguments: z.strictObject({ server: id, rule }),
    what: ({ server, rule }) => `${said(rule)} on ${server}`,
    target: ({ server }) => server,
    inverse: ({ server, rule }) => {
      const back = rule.startsWith('allow ') ? rule.replace('allow', 'deny') : rule.replace('deny', 'allow');
      return {
        kind: 'tool',
        tool: name,
        arguments: { server, rule: back },
        says: `${said(back)} on ${server}.`,
      };
    },
    reliesOn: ({ server, rule }) =>
      hostFact(awx, server, 'allowed now', ({ firewall_allows: allowed }) => {
        return texts(allowed).includes(rule.replace(/^\w+ /, '')) ? 'yes' : 'no';
      }),
  });
}

function said(rule: string): string {
  const [, verb, port, address, length] = form.exec(rule) ?? [];
  return `${verb === 'allow' ? 'Allow' : 'No longer allow'} TCP port ${port} from ${address}/${length}`;
}

/** A network such as 10.0.0.5/8 looks narrower than it is. */
function isExact(rule: string): boolean {
  const [, , port, address = '', length] = form.exec(rule) ?? [];
  const octets = address.split('.');
  if (Number(port) > 65_535 || octets.some((octet) => Number(octet) > 255 || String(Number(octet)) !== octet))
    return false;
  const bits = octets.reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return bits % 2 ** (32 - Number(length)) === 0;
}
