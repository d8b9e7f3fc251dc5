// The trial's past: made, told day by day, and as the lines that are taken in.
import { z } from 'zod';
import { fernwood } from './estate/company.ts';
import { faults } from './estate/faults/all.ts';
import { lookAlikes } from './estate/faults/look-alikes.ts';
import { noises } from './estate/faults/noises.ts';
import { seeded } from './estate/noise.ts';
import { openCompany } from './estate/past/company.ts';
import { linesOf } from './estate/past/hand-over.ts';
import { liveThrough } from './estate/past/live.ts';
import { planOf } from './estate/past/plan.ts';
import { fillingDisk } from './estate/past/slow.ts';
import { openSimulation, type Simulation } from './jobs/simulation.ts';
import { readManifests } from './manifests.ts';
import { openPastShift } from './past-shift.ts';

/** What the program that lives through it is asked for. */
export const pastSchema = z.object({
  seed: z.number().int(),
  /** Unix milliseconds. */
  from: z.number(),
  to: z.number(),
  /** How many times something breaks. */
  times: z.number().int().positive(),
  manifests: z.string(),
  file: z.string(),
});

export type Past = Omit<z.infer<typeof pastSchema>, 'file'>;

const minute = 60_000;
const askNextMs = 15 * minute;

/** Lives through it and gives every line to be taken in. `onDay` is told of each day as it begins. */
export async function* writtenPast(past: Past, onDay: (day: number) => void): AsyncGenerator<string> {
  const simulation = await openSimulation(new Date(past.from - minute));
  try {
    await livePast(simulation, past, onDay);
    const today = new Date(past.to).toISOString().slice(0, 10);
    for await (const line of linesOf(simulation.database.db, today)) yield `${JSON.stringify(line)}\n`;
  } finally {
    await simulation.close();
  }
}

/** Lives through it in a database of its own, whose rows are then what it left. */
export async function livePast(
  simulation: Simulation,
  { seed, from, to, times, manifests: folder }: Past,
  onDay: (day: number) => void,
): Promise<void> {
  const random = seeded(seed);
  const company = await openCompany({
    // As the company that runs: what was deployed when follows from it.
    ...{ seed: 1, now: simulation.now, jobSeconds: () => 10 + 110 * random() },
    faults: [...faults, ...lookAlikes, ...noises, fillingDisk],
  });
  try {
    const manifests = readManifests(folder);
    const shift = await openPastShift({ simulation, company, manifests, log: quiet, askNextMs });
    try {
      const plan = planOf({ random, inventory: fernwood, from, to, times });
      await liveThrough({ ...shift, simulation, company, random, plan, from, to, onDay });
    } finally {
      await shift.close();
    }
  } finally {
    await company.close();
  }
}

const quiet = { info: () => {}, warn: () => {}, error: console.error };
