// The command line's doctor: what Roster does not see, what the inventory lacks, and how much of the past it knows.
import { z } from 'zod';
import { fernwood } from './estate/company.ts';
import { type Examined, examine } from './examined.ts';
import type { Inventory } from './inventory/inventory.ts';
import type { Census } from './knowledge/census.ts';
import { readInventory, readManifests } from './manifests.ts';
import { type Covered, covered } from './monitoring/covered.ts';
import { realPace } from './site.ts';
import type { Access } from './systems/http.ts';
import { openPrometheus } from './systems/prometheus/read.ts';
import { type Given, type Verb, wrong } from './verb.ts';

export const doctorVerb: Verb = {
  name: 'doctor',
  does: 'what is not seen, not in the inventory, not known of the past, without a runbook; change records that wait',
  help: `Usage: npm run roster -- doctor

Dark servers (of the inventory, with no metric about them in the last hour), services that are not measured, what metrics
are about and the inventory lacks, how many months of incidents are known, and the 20 most frequent kinds of the last six
months with the runbook of each; change records that wait for ServiceNow or Jira, and why. It reads PROMETHEUS_URL and inventory.yaml, or asks the running trial, and changes nothing.

Exit code 1 when something was found.`,
  options: {},
  run: async (given) => {
    if (given.rest.length > 0) return wrong(`doctor takes options only, not ${given.rest.join(' ')}.`);
    const now = new Date();
    const { watched, census, records } = await historyOf(given, now);
    const { metrics, runbooks } = readManifests(given.manifests());
    const site = siteOf(given, watched);
    const seen: Parameters<typeof examine>[1] = site.access
      ? await seenBy(site.access, (access) => covered(openPrometheus(access), metrics, site.cycleMs, now))
      : { kind: 'unseen', because: 'set PROMETHEUS_URL, or let the trial run (npm start).' };
    const examined = examine(site.inventory, seen, census, { runbooks, records });
    const code = examined.findings.length > 0 ? 1 : 0;
    return { code, text: given.values.json ? JSON.stringify(examined) : saidOf(site.inventory, examined) };
  },
};

const answered = z.object({
  watched: z.object({ url: z.url(), cycleMs: z.number().positive() }).optional(),
  census: z.object({
    own: z.number(),
    imported: z.number(),
    oldest: z.iso
      .datetime()
      .transform((at) => new Date(at))
      .nullable(),
    months: z.number(),
    types: z.array(z.object({ kind: z.string(), count: z.number() })),
    untyped: z.number(),
  }),
  /** What change records wait for. */
  records: z.array(z.string()),
});
type Answered = z.infer<typeof answered>;

function historyOf(given: Given, now: Date): Promise<Answered & { census: Census }> {
  return given.ask(['/operator/history', { now: now.toISOString() }], async (answer) => {
    if (answer.kind !== 'json')
      throw new Error(answer.kind === 'wrong' ? answer.because : 'It answered with text.');
    return answered.parse(JSON.parse(JSON.stringify(answer.value)));
  });
}

interface Watched {
  access: Access | undefined;
  cycleMs: number;
  inventory: Inventory;
}

/** Of the settings; without PROMETHEUS_URL the trial that is running. */
function siteOf(given: Given, watched: Answered['watched']): Watched {
  const { prometheus, site } = given.settings();
  if (prometheus || site.kind === 'real')
    return { access: prometheus, cycleMs: realPace.cycleMs, inventory: readInventory(given.manifests()) };
  return {
    access: watched && { url: watched.url },
    cycleMs: watched?.cycleMs ?? realPace.cycleMs,
    inventory: fernwood,
  };
}

const timeoutMs = 60_000;

/** None that could be read is told once. */
async function seenBy(
  access: Access,
  ask: (access: Access) => Promise<Covered>,
): Promise<Parameters<typeof examine>[1]> {
  const seen = await ask({ ...access, timeoutMs });
  const nothing = seen.servers.length + seen.services.length === 0;
  const [first] = seen.unread;
  return nothing && first ? { kind: 'unseen', because: first } : seen;
}

function saidOf({ servers, services }: Inventory, examined: Examined): string {
  const { history, types, findings } = examined;
  const { own, imported, oldest, months } = history;
  const since = oldest ? `, the oldest of ${oldest.toISOString().slice(0, 10)}` : '';
  return [
    `Inventory: ${servers.length} servers, ${services.length} services.`,
    `Past incidents: ${own} of our own, ${imported} imported, of ${months} months${since}.`,
    ...(types.length > 0 ? ['Kinds of the last six months:'] : []),
    ...types.map(
      ({ kind, count, runbook }) =>
        `  ${String(count).padStart(5)}  ${kind}: ${runbook ? `runbook ${runbook}` : 'no runbook'}`,
    ),
    ...(findings.length > 0
      ? ['Found:', ...findings.map((one) => `  ${one}`)]
      : ['Nothing was found that is wrong.']),
  ].join('\n');
}
