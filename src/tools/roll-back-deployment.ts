import { z } from 'zod';
import { deployedVersion } from '../systems/loki/deployed.ts';
import type { Loki } from '../systems/loki/read.ts';
import { deployed, id } from './argument.ts';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Puts one service back to a version it ran before. What runs now is told by the log of deployments. */
export function rollBackDeployment(awx: Awx, loki: Loki, now: () => Date) {
  return awxTemplate(awx, {
    name: 'roll-back-deployment',
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ service: id, version: deployed }),
    what: ({ service, version }) => `Roll ${service} back to ${version}`,
    target: ({ service }) => service,
    inverse: ({ service }) => {
      return { kind: 'none', says: `Deploy the present version of ${service} again from its pipeline.` };
    },
    reliesOn: async ({ service }) => {
      const version = await deployedVersion(loki, service, now());
      return { 'version deployed': version ?? 'not known' };
    },
  });
}
