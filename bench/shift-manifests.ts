import { z } from 'zod';
import { type Manifests, readManifests } from '../src/manifests.ts';
import type { Tool } from '../src/tools/tool.ts';
import type { Plant } from './plant.ts';

const shipped = readManifests('manifests');

/** The shipped policy and charter, with one metric, and one runbook whose tool is asked for. */
export const manifests: Manifests = {
  ...shipped,
  charters: shipped.charters.map((charter) => ({
    ...charter,
    authority: { autonomous: [], notify: [], ask: ['mark'], never: [] },
  })),
  runbooks: [
    {
      id: 'mark',
      version: 1,
      title: 'Mark a service as mended',
      mends: 'bad-deployment',
      steps: [
        {
          tool: 'mark',
          arguments: { service: '{service}' },
          expect: 'Errors of {service} are back to usual at once.',
        },
      ],
    },
  ],
  metrics: shipped.metrics.filter(({ name }) => name === 'error_rate'),
};

/** A tool that returns at once, so that what is timed is all ours. */
export function markTool(plant: Plant): Tool<{ service: string }> {
  return {
    name: 'mark',
    version: 1,
    risk: 'medium',
    arguments: z.strictObject({ service: z.string() }),
    what: ({ service }) => `Mark ${service} as mended`,
    target: ({ service }) => service,
    inverse: () => ({ kind: 'none', says: 'None needed: it is a mark.' }),
    reliesOn: async () => ({}),
    start: async ({ service }) => {
      plant.mend(service);
      return { kind: 'done', output: 'marked' };
    },
    look: async () => ({ kind: 'done', output: 'marked' }),
    find: async () => undefined,
    takesKey: true,
  };
}
