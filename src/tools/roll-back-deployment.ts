import { z } from 'zod';
import { type Awx, awxTemplate } from './awx-template.ts';

/** Puts one service back to a version it ran before. */
export function rollBackDeployment(awx: Awx) {
  return awxTemplate(awx, {
    name: 'roll-back-deployment',
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ service: z.string().min(1), version: z.string().min(1) }),
    what: ({ service, version }) => `Roll ${service} back to ${version}`,
    target: ({ service }) => service,
    rollback: ({ service }) => `Deploy the present version of ${service} again from its pipeline.`,
  });
}
