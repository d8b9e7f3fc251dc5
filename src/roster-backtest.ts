// The command line's backtest: what would have been posted, before anybody is told anything.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { fernwood } from './estate/company.ts';
import type { Inventory } from './inventory/inventory.ts';
import { readInventory, readManifests } from './manifests.ts';
import { specOfDays } from './monitoring/backtest/drawn.ts';
import type { KnownIncident, Report } from './monitoring/backtest/report.ts';
import { reportSaid } from './monitoring/backtest/said.ts';
import { backtest } from './monitoring/backtest.ts';
import { openDrawing } from './monitoring/chart/picture.ts';
import { realPace } from './site.ts';
import { type Access, SystemFailed } from './systems/http.ts';
import { openPrometheus } from './systems/prometheus/read.ts';
import { type Given, type Said, type Verb, wrong } from './verb.ts';

export const backtestVerb: Verb = {
  name: 'backtest',
  does: "what would have been posted over past days, from the site's own metrics",
  help: `Usage: npm run roster -- backtest [--days N] [--step SECONDS] [--png FILE]

  --days N             how many days are gone through, 1 to 365; 30 unless said. The three weeks before are learnt.
  --step SECONDS       from one cycle to the next, 10 to 3600; 60 unless said
  --png FILE           a chart of the signals a day

It reads PROMETHEUS_URL, inventory.yaml, metrics.yaml, calendar.yaml and routing.yaml, or the running trial's, and changes nothing.
Signals are held against the incidents in the database, when there is one. Progress goes to standard error.

Exit code 1 when a team would hear of more than one signal a day that no known incident explains.`,
  options: { days: { type: 'string' }, step: { type: 'string' }, png: { type: 'string' } },
  run: async (given) => {
    const asked = askedOf(given);
    if (asked.kind === 'wrong') return wrong(asked.because);
    const now = new Date();
    const site = await siteOf(given, asked.days, now);
    if (site.kind === 'wrong') return wrong(site.because);
    const { metrics, calendar, teams } = readManifests(given.manifests());
    const { access, cycleMs, inventory, incidents } = site;
    const prometheus = openPrometheus({ ...access, timeoutMs });
    const { days, step: stepSeconds, png } = asked;
    const { say } = given;
    const settings = { metrics, calendar, teams, cycleMs, inventory, days, stepSeconds, now, incidents, say };
    const found = await backtest({ prometheus, ...settings }).catch(outage);
    if (found.kind === 'refused') return wrong(found.because);
    const { report } = found;
    report.notes.push(...site.notes);
    if (png) await draw(report, png);
    return said(report, png, given);
  },
};

/** A day of a large metric takes Prometheus longer than a question in a cycle may. */
const timeoutMs = 60_000;
const dayMs = 86_400_000;

type Wrong = { kind: 'wrong'; because: string };

/** What is asked for, or what is wrong with it in one sentence. */
export function askedOf(
  given: Pick<Given, 'values' | 'rest'>,
): { kind: 'asked'; days: number; step: number; png: string | undefined } | Wrong {
  const [days, step] = [whole(given.values.days ?? '30'), whole(given.values.step ?? '60')];
  const { png } = given.values;
  const no = (because: string): Wrong => ({ kind: 'wrong', because });
  if (given.rest.length > 0) return no(`backtest takes options only, not ${given.rest.join(' ')}.`);
  if (days < 1 || days > 365)
    return no(`--days is ${given.values.days}, wanted a number of days from 1 to 365.`);
  if (step < 10 || step > 3_600) return no(`--step is ${given.values.step}, wanted seconds from 10 to 3600.`);
  if (typeof png !== 'string') return { kind: 'asked', days, step, png: undefined };
  if (!existsSync(dirname(png))) return no(`There is no folder ${dirname(png)} for --png.`);
  return { kind: 'asked', days, step, png };
}

/** The whole number a text says; 0 when it says none. */
function whole(text: string | boolean): number {
  return typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : 0;
}

interface Tested {
  kind: 'site';
  access: Access;
  cycleMs: number;
  inventory: Inventory;
  /** Undefined when nobody knows. */
  incidents: KnownIncident[] | undefined;
  notes: string[];
}

const when = z.coerce.date();
const known = z.object({
  watched: z.object({ url: z.url(), cycleMs: z.number().positive() }).optional(),
  incidents: z.array(
    z.object({ id: z.string(), service: z.string(), openedAt: when, endedAt: when.nullable() }),
  ),
});
type Known = z.infer<typeof known>;

/** The site of the settings; without PROMETHEUS_URL the trial that is running. */
async function siteOf(given: Given, days: number, now: Date): Promise<Tested | Wrong> {
  const { prometheus, databaseUrl, site } = given.settings();
  if (!prometheus) return trialOf(given, days, now);
  const inventory = readInventory(given.manifests());
  const tested = { kind: 'site' as const, access: prometheus, cycleMs: realPace.cycleMs, inventory };
  // An embedded database without tokens is a trial's, of another company.
  if (!databaseUrl && site.kind === 'trial') return { ...tested, incidents: undefined, notes: [] };
  try {
    return { ...tested, incidents: (await knownTo(given, days, now)).incidents, notes: [] };
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    const notes = databaseUrl ? [`The known incidents could not be read: ${because}`] : [];
    return { ...tested, incidents: undefined, notes };
  }
}

async function trialOf(given: Given, days: number, now: Date): Promise<Tested | Wrong> {
  const none: Wrong = {
    kind: 'wrong',
    because: 'There are no metrics to go through: set PROMETHEUS_URL, or let the trial run (npm start).',
  };
  if (given.settings().site.kind !== 'trial') return none;
  const told = await knownTo(given, days, now).catch(() => undefined);
  if (!told?.watched) return none;
  const { url, cycleMs } = told.watched;
  return {
    kind: 'site',
    access: { url },
    cycleMs,
    inventory: fernwood,
    incidents: told.incidents,
    notes: [],
  };
}

function knownTo(given: Given, days: number, now: Date): Promise<Known> {
  const since = new Date(now.getTime() - days * dayMs).toISOString();
  return given.ask(['/operator/watched', { since }], async (answer) => {
    if (answer.kind !== 'json')
      throw new Error(answer.kind === 'wrong' ? answer.because : 'It answered with text.');
    return known.parse(JSON.parse(JSON.stringify(answer.value)));
  });
}

function outage(error: unknown): { kind: 'refused'; because: string } {
  if (!(error instanceof SystemFailed)) throw error;
  return { kind: 'refused', because: `${error.message}: start it, or correct PROMETHEUS_URL.` };
}

async function draw(report: Report, file: string): Promise<void> {
  const drawing = openDrawing();
  try {
    await writeFile(file, await drawing.plot(specOfDays(report)));
  } finally {
    await drawing.close();
  }
}

function said(report: Report, png: string | undefined, given: Given): Said {
  const code = report.loud.length > 0 ? 1 : 0;
  if (given.values.json) return { code, text: JSON.stringify(png ? { ...report, png } : report) };
  return { code, text: reportSaid(report) + (png ? `\n\nThe chart is in ${png}.` : '') };
}
