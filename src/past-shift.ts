// The whole product on a simulated clock, over the trial's company: for its past, and to measure whole incidents.
import { people as cast, channels } from './estate/cast.ts';
import { fernwood } from './estate/company.ts';
import type { Company } from './estate/past/company.ts';
import { openReader } from './estate/past/reader.ts';
import { openSilentChat } from './estate/past/surface.ts';
import type { Simulation } from './jobs/simulation.ts';
import type { Manifests } from './manifests.ts';
import { cycle } from './monitoring/cycle.ts';
import { openOwnBroadcast } from './redis/broadcast.ts';
import { openTableClaims } from './redis/table.ts';
import type { Site } from './site.ts';
import type { Log } from './storage.ts';
import { wire } from './wired.ts';

/** As in the trial, but for the looks at AWX's jobs, which are as on a real site. */
export const pace = { cycleMs: 5_000, verifyMs: 45_000, lookAgainMs: 3_000, fileMs: 1_800_000 };

/** All of it runs in one process that others may keep from running: what is slow is no evidence of anything. */
const timeoutMs = 120_000;

interface Wanted {
  simulation: Simulation;
  company: Company;
  manifests: Manifests;
  log: Log;
  /** How long somebody who is asked has before the next is. */
  askNextMs: number;
}

/** Opens the shipped workers under the shipped rules; what is shown is only remembered. */
export async function openPastShift({ simulation, company, manifests, log, askNextMs }: Wanted) {
  const { database, queue, now } = simulation;
  const site: Site = {
    kind: 'trial',
    ...{ prometheus: { ...company.prometheus, timeoutMs }, loki: { ...company.loki, timeoutMs } },
    ...{ jaeger: { ...company.jaeger, timeoutMs }, awx: { ...company.awx, timeoutMs } },
    people: cast,
    places: {
      ops: [`slack:${channels.ops}`],
      approvals: [`slack:${channels.approvals}`],
      leadership: [`slack:${channels.leadership}`],
    },
    inventory: fernwood,
    pace: { ...pace, askNextMs },
    commands: [],
    ready: () => {},
    close: async () => {},
  };
  const wired = await wire({
    ...{ manifests, site, log, now, folder: manifests.folder },
    storage: {
      ...{ database, queue, claims: openTableClaims(database.db), broadcast: openOwnBroadcast() },
      close: async () => {},
    },
    instead: {
      surface: openSilentChat(now),
      source: openReader(company.world, manifests.metrics, pace.cycleMs),
      drawing: undrawn,
      patienceMs: timeoutMs,
    },
  });
  // Nobody reads the entries of single cycles here, and what is usual is kept for no next start.
  const { monitor: watched } = wired.watching;
  const monitor = { ...watched, keep: async () => {} };
  const watching = { ...wired.watching, monitor, notes: { note: async () => {} } };
  let before = 0;
  return {
    ...wired,
    /** One cycle; how much is wrong now. */
    cycle: async (at: Date) => {
      const looked = await watched.look(at);
      const found = looked.findings.length;
      // Where nothing is wrong and nothing was, there is nothing to end and nothing to raise.
      if (found > 0 || before > 0)
        await cycle({ ...watching, monitor: { ...monitor, look: async () => looked } }, at);
      before = found;
      return found;
    },
    close: async () => {
      await wired.refusals.stop();
      await wired.responder.monitor.close();
    },
  };
}

const notDrawn = async (): Promise<never> => {
  throw new Error('no charts are drawn of a past that was lived through in one go');
};
const undrawn = { draw: notDrawn, plot: notDrawn, close: async () => {} };
