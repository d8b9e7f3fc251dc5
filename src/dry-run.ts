// A runbook gone through without anything being run: its steps filled in, and what would be decided of each now.
import { z } from 'zod';
import { type Weigher, weigh } from './actions/gateway.ts';
import type { Charter } from './charter/charter.ts';
import { onDuty } from './charter/duty.ts';
import { chartersInForce } from './charter/force.ts';
import { signedFor } from './charter/operating.ts';
import type { Card } from './chat/card.ts';
import { fernwood } from './estate/company.ts';
import type { Core } from './handlers.ts';
import { underRules } from './in-force.ts';
import { inWords, type Wording, wordingOf } from './incidents/steps/before.ts';
import type { StepInWords } from './incidents/steps/checklist.ts';
import { server, servicesOn } from './inventory/inventory.ts';
import { named } from './inventory/near.ts';
import { fill, type Known, type Runbook, type Step, windowMs } from './knowledge/runbook.ts';
import { type Manifests, readInventory } from './manifests.ts';
import type { Answer } from './operator.ts';
import type { Kind } from './policy/facts.ts';
import { type Db, type Tx, transact } from './postgres/database.ts';
import type { Settings } from './settings.ts';
import { realPace } from './site.ts';
import { toolsOf } from './toolbox.ts';

/** What a dry run needs. */
export interface Rehearsal extends Omit<Wording, 'tools'> {
  weigher: Weigher;
  runbooks: Runbook[];
  verifyMs: number;
}

export const dryRunAsked = z.strictObject({
  runbook: z.string(),
  known: z.strictObject({
    service: z.string().optional(),
    server: z.string().optional(),
    version: z.string().optional(),
    previous_version: z.string().optional(),
  }),
  /** 0–1, how sure the worker would be. */
  confidence: z.number().min(0).max(1),
});

export interface Rehearsed {
  runbook: string;
  version: number;
  title: string;
  /** Who may go through it by hand; undefined: whoever may step in. */
  who: string[] | undefined;
  /** For how long all must be as usual afterwards, and of which metrics where it names some. */
  window: { seconds: number; metrics: string[] };
  worker: string;
  steps: (StepInWords & { decision: Decided })[];
}

interface Decided {
  kind: Kind;
  because: string[];
}

/** Nothing listens there: of these tools only words and decisions are wanted. */
const nowhere = { url: 'http://127.0.0.1:9' };

/** A rehearsal for whoever has no gateway at work: it decides by what is in force, and can run nothing. */
export function rehearsalOf(settings: Pick<Settings, 'site' | 'awx'>, manifests: Manifests): Rehearsal {
  const {
    site: { kind },
    awx,
  } = settings;
  const inventory = kind === 'trial' ? fernwood : readInventory(manifests.folder);
  const others = {
    tools: toolsOf({ awx: kind === 'trial' || awx ? nowhere : undefined, loki: nowhere }, () => new Date()),
    ...{ inventory, site: kind },
    signedFor: manifests.operating ? signedFor(manifests.operating) : ('nobody' as const),
  };
  const { runbooks, metrics } = manifests;
  // A trial's window is its own; what a runbook says is told in proportion to a real site's.
  return { weigher: underRules(others, manifests), runbooks, metrics, verifyMs: realPace.verifyMs };
}

/** Answers the command line. */
export async function dryRun(
  rehearsal: Rehearsal,
  db: Db,
  { runbook: name, known: given, confidence }: z.infer<typeof dryRunAsked>,
): Promise<Answer> {
  const runbook = rehearsal.runbooks.find(({ id }) => id === name);
  const wrong = (because: string): Answer => ({ kind: 'wrong', because });
  if (!runbook) return wrong(`There is no runbook "${name}": wanted one of ${idsOf(rehearsal)}.`);
  const known = withPlace(given, rehearsal);
  const lacking = runbook.steps.map((one) => fill(one, known)).find((one) => one.kind === 'unknown');
  if (lacking?.kind === 'unknown') return wrong(`${lacking.because} Give it, as in --service checkout.`);
  return { kind: 'json', value: await rehearse(rehearsal, db, runbook, { known, confidence }) };
}

function idsOf({ runbooks }: Pick<Rehearsal, 'runbooks'>): string {
  return runbooks.map(({ id }) => id).join(', ');
}

/** The service of a server that has one alone. */
function withPlace(given: Known, { weigher }: Rehearsal): Known {
  const there = given.server === undefined ? [] : servicesOn(weigher.inventory, given.server);
  const its = there.length === 1 ? there[0]?.id : undefined;
  return { ...(its && { service: its }), ...given };
}

async function rehearse(
  { weigher, metrics, verifyMs }: Rehearsal,
  db: Db,
  runbook: Runbook,
  { known, confidence }: { known: Known; confidence: number },
): Promise<Rehearsed> {
  const { id, version, title, who, verify } = runbook;
  return transact(db, async (tx) => {
    const service = known.service ?? servicesOn(weigher.inventory, known.server ?? '')[0]?.id ?? '';
    const charter = onDuty(await chartersInForce(tx), 'resolution', service);
    const steps: Rehearsed['steps'] = [];
    for (const step of runbook.steps) {
      const decision = await decided({ weigher, tx, runbook, charter }, step, { known, confidence });
      steps.push({ ...inWords({ tools: weigher.tools, metrics }, step, known), decision });
    }
    return {
      ...{ runbook: id, version, title, who, worker: charter?.name ?? 'nobody', steps },
      window: {
        seconds: windowMs(runbook, verifyMs) / 1_000,
        metrics: (verify?.metrics ?? []).map(({ metric }) => metric),
      },
    };
  });
}

interface Weighing {
  weigher: Weigher;
  tx: Tx;
  runbook: Runbook;
  charter: Charter | undefined;
}

async function decided(
  { weigher, tx, runbook: { on, id, prevents }, charter }: Weighing,
  step: Step,
  { known, confidence }: { known: Known; confidence: number },
): Promise<Decided> {
  const refuse = (because: string): Decided => ({ kind: 'refuse', because: [because] });
  const place = known.server === undefined ? undefined : server(weigher.inventory, known.server);
  if (on && place && !on.includes(place.class))
    return refuse(
      `The runbook ${id} is for servers of the class ${on.join(' or ')}, and ${place.id} is of the class ${place.class}.`,
    );
  if (!charter) return refuse('No charter in force has the duty resolution here: adopt one that has.');
  const filled = fill(step, known);
  if (filled.kind === 'unknown') return refuse(filled.because);
  const weighed = await weigh(weigher, tx, {
    ...{ worker: charter.worker, tool: step.tool, arguments: filled.arguments, confidence },
    ...{ incident: null, foretold: prevents !== undefined, requestedBy: null },
  });
  if (weighed.kind === 'unknown') return refuse(weighed.because);
  return { kind: weighed.decision.kind, because: weighed.decision.because };
}

/** What a step would come to, in one word for people. */
export const decidedAs: Record<Kind, string> = {
  allow: 'runs without asking',
  notify: 'runs, and people are told',
  ask: 'is asked for',
  refuse: 'is refused',
};

/** `/roster runbook NAME PLACE`: the same in chat, to the one who asked; without a name, which there are. */
export async function dryRunTold(core: Core, rest: string): Promise<Card> {
  const { responder, desk } = core;
  const { gateway, runbooks, verifyMs } = responder;
  const [name = '', ...places] = rest.trim().toLowerCase().split(/\s+/);
  const rehearsal: Rehearsal = { ...wordingOf(responder), weigher: gateway, runbooks, verifyMs };
  const say = (title: string, lines: string[] = []): Card => saidCard(desk.by, title, lines);
  if (name === '')
    return say(
      'Which runbook?',
      runbooks.map(({ id, title }) => `${id}: ${title}`),
    );
  const known: Known = {};
  for (const place of places) {
    const found = named(gateway.inventory, place);
    if (found.kind === 'unknown')
      return say(
        `There is no server or service "${place.slice(0, 40)}": did you mean ${found.near.join(', ')}?`,
      );
    known[server(gateway.inventory, found.id) ? 'server' : 'service'] = found.id;
  }
  const answer = await dryRun(rehearsal, gateway.db, { runbook: name, known, confidence: 1 });
  if (answer.kind === 'wrong')
    return say(answer.because.replace('--service checkout', `"runbook ${name.slice(0, 40)} app-01"`));
  return rehearsedCard(desk.by, (answer as { value: Rehearsed }).value);
}

type By = Core['desk']['by'];

/** What is said in place of a dry run: which there are, or what is not known. */
export function saidCard(by: By, title: string, lines: string[]): Card {
  const short = title.length <= 140;
  const blocks = [...(short ? [] : [title]), ...lines].map((text) => ({ kind: 'text' as const, text }));
  return { by, tone: 'neutral', title: title.slice(0, 140), blocks, fallback: title };
}

/** A dry run as it is shown to who asked for it. */
export function rehearsedCard(by: By, { runbook, title, window, worker, steps, who }: Rehearsed): Card {
  const blocks: Card['blocks'] = steps.flatMap((one, place): Card['blocks'] => [
    {
      kind: 'text',
      text: [
        { bold: `${place + 1}. ${one.what}` },
        `: ${decidedAs[one.decision.kind]}. ${one.decision.because.join(' ')}\nPlaybook `,
        { code: one.tool },
        ' with ',
        { code: one.arguments },
      ],
    },
    { kind: 'context', text: detailsOf(one).join(' ') },
  ]);
  const last = `Nothing was run. ${worker} would, if it were sure. All must then stay usual for ${window.seconds} s. By hand: ${who?.join(' or ') ?? 'whoever may step in'}, in the thread of an incident, with "checklist ${runbook}" and where.`;
  return {
    ...{ by, tone: 'neutral', title: `Dry run: ${title}`, fallback: `Dry run: ${title}` },
    blocks: [...blocks, { kind: 'context', text: last }],
  };
}

/** What a step wants, brings and leaves, each a sentence. */
export function detailsOf({ requires, expect, effect, rollback }: StepInWords): string[] {
  return [
    ...(requires.length > 0 ? [`Wants: ${requires.join('; ')}.`] : []),
    `Expected: ${expect}${effect ? ` Looked for: ${effect}.` : ''}`,
    ...(rollback ? [`Undone: ${rollback}`] : []),
  ];
}
