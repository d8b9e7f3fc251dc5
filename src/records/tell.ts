import { setTimeout } from 'node:timers/promises';
import type { Entry } from '../audit/entry.ts';
import type { ActionId } from '../ids.ts';
import type { Job } from '../jobs/job.ts';
import { save } from '../jobs/save.ts';
import { transact } from '../postgres/database.ts';
import { judged } from './failure.ts';
import { type Deps, type Facts, factsOf, named } from './known.ts';
import type { ChangeSystem, Opened, Row, Shortfall, Stage } from './record.ts';
import { claim, isKnownProblem, keepProblem, keepTold } from './store.ts';
import { closingOf, draftOf, type Known, outcomeOf, runningNote, undoneOf } from './words.ts';

export type Told =
  | { kind: 'told' }
  | { kind: 'busy' }
  /** Not before `at`; `asked`: the system itself asked to be left alone. */
  | { kind: 'later'; at: Date; because: string };

/**
 * Makes the record of an action in one system look like the action, stage by stage: each is kept before the next.
 * Safe to call at any time and any number of times; of two at a time one is *busy*. What waiting mends is *later*,
 * what it does not mend is said once and tried again rarely. `facts` are of this moment. Throws when the database does.
 */
export async function tell(
  deps: Deps,
  system: ChangeSystem,
  action: ActionId,
  facts?: Promise<Facts>,
): Promise<Told> {
  const alone = deps.leftAlone.get(system.name);
  if (alone && alone.until > deps.now()) return { kind: 'later', at: alone.until, because: alone.because };
  const claimed = await claim(deps.db, { action, system: system.name });
  if (claimed.kind === 'later') return { ...claimed, because: claimed.problem ?? 'It is tried again later.' };
  if (claimed.kind !== 'claimed') return claimed;
  const at: Progress = { opened: claimed.row.opened };
  try {
    for (let row = claimed.row, stage = nextOf(row); stage; stage = nextOf(row)) {
      const wanted = await tellStage(deps, system, row, { stage, at, facts });
      row = { ...row, wanted, told: stage, opened: at.opened };
    }
  } catch (error) {
    return failed(deps, system, claimed.row, { error, at });
  }
  return { kind: 'told' };
}

/** How far it has got, also when it then fails. */
interface Progress {
  opened: Opened | null;
}

/** What is told next; a change that ended before anybody was told that it runs is closed at once. Pure. */
function nextOf({ wanted, told }: Pick<Row, 'wanted' | 'told'>): Stage | undefined {
  if (told === wanted) return undefined;
  if (wanted === 'never') return 'never';
  if (told === 'nothing') return 'opened';
  return wanted === 'undone' && told !== 'closed' ? 'closed' : wanted;
}

interface Due {
  stage: Stage;
  at: Progress;
  facts: Promise<Facts> | undefined;
}

async function tellStage(
  deps: Deps,
  system: ChangeSystem,
  row: Row,
  { stage, at, facts }: Due,
): Promise<Stage> {
  // What is opened may be told by facts of a moment ago; what comes after it tells how the action is by now.
  const known = await ((stage === 'opened' && facts) || factsOf(deps, row.action));
  const found = at.opened ?? (row.askedFor ? await system.find(row.action) : undefined) ?? null;
  if (stage === 'opened') {
    at.opened = found ?? (await system.open(draftOf(await named(deps, system, known))));
    return keep(deps, system, row, { stage, at, known });
  }
  at.opened = found;
  const shortfall = found ? await add(system, found, stage, await named(deps, system, known)) : undefined;
  return keep(deps, system, row, { stage, at, known, shortfall });
}

function add(system: ChangeSystem, opened: Opened, stage: Stage, known: Known): Promise<Shortfall> {
  switch (stage) {
    case 'opened':
      return Promise.resolve(undefined);
    case 'running':
      return system.begin(opened, runningNote(known));
    case 'closed':
    case 'never':
      return system.close(opened, closingOf(known));
    case 'undone':
      return system.undo(opened, undoneOf(known));
  }
}

interface Done {
  stage: Stage;
  at: Progress;
  known: Facts;
  shortfall?: Shortfall;
}

function keep(deps: Deps, system: ChangeSystem, row: Row, done: Done): Promise<Stage> {
  const { stage, at, known, shortfall } = done;
  const of = { action: row.action, system: system.name };
  return save(deps, async (tx) => {
    const said = shortfall !== undefined && (await isKnownProblem(tx, of, shortfall));
    const wanted = await keepTold(tx, of, stage, { opened: at.opened, shortfall });
    const entries = [...entriesOf(system, done), ...(said ? [] : shortfallEntry(system, known, shortfall))];
    if (shortfall !== undefined && !said) deps.log.warn(shortfall);
    // While it runs its cards are shown again anyway.
    return {
      result: wanted,
      entries,
      jobs: stage === 'opened' && known.action.endedAt ? shows(known) : [],
    };
  });
}

function entriesOf(system: ChangeSystem, { stage, at, known }: Done): Entry[] {
  const { action } = known;
  if (!at.opened || (stage !== 'opened' && stage !== 'closed' && stage !== 'never')) return [];
  const facts = { system: system.name, number: at.opened.number };
  if (stage === 'opened')
    return [{ ...entryAbout(known, 'record.opened'), facts: { ...facts, afterwards: !action.awaitsRecord } }];
  return [{ ...entryAbout(known, 'record.closed'), facts: { ...facts, outcome: outcomeOf(action) } }];
}

function entryAbout({ action }: Facts, kind: 'record.opened' | 'record.closed' | 'record.failed') {
  const about = { action: action.id, incident: action.incident ?? undefined };
  return { kind, by: { roster: 'records' }, about };
}

function shortfallEntry(system: ChangeSystem, known: Facts, because: Shortfall): Entry[] {
  if (because === undefined) return [];
  return [{ ...entryAbout(known, 'record.failed'), facts: { system: system.name }, because: [because] }];
}

function shows({ action }: Facts): Job[] {
  return [
    ...(action.incident ? [{ name: 'show' as const, subject: `incident:${action.incident}` as const }] : []),
    ...(action.requestedBy ? [{ name: 'show' as const, subject: `outcome:${action.id}` as const }] : []),
  ];
}

/** An hour: until somebody has put right what waiting does not. */
const rarelyMs = 3_600_000;
const longestMs = 300_000;

async function failed(
  deps: Deps,
  system: ChangeSystem,
  row: Row,
  { error, at }: { error: unknown; at: Progress },
): Promise<Told> {
  const failure = judged(system, error, at.opened?.id);
  const of = { action: row.action, system: system.name };
  if (failure.kind === 'wrong') return { ...(await saySo(deps, system, row, failure.because)) };
  const backOff = Math.min(1_000 * 2 ** Math.min(row.tries, 20), longestMs);
  // What was asked for last may still be on its way: it is looked for only when it must be there.
  const waitMs = Math.max(backOff, failure.retryAfterMs ?? 0, at.opened ? 0 : deps.settleMs);
  const until = await transact(deps.db, (tx) => keepProblem(tx, of, { problem: failure.because, waitMs }));
  const alone = failure.retryAfterMs === undefined ? undefined : { until, because: failure.because };
  if (alone) deps.leftAlone.set(system.name, alone);
  deps.awayUntil.set(system.name, new Date(deps.now().getTime() + awayMs));
  return { kind: 'later', at: until, because: failure.because };
}

/** After it was away once, nothing waits for it for so long where nothing must. */
const awayMs = 30_000;

function saySo(deps: Deps, system: ChangeSystem, row: Row, because: string): Promise<Told> {
  const of = { action: row.action, system: system.name };
  return save<Told>(deps, async (tx) => {
    const said = await isKnownProblem(tx, of, because);
    const first = row.tries === 0 && !said;
    const at = await keepProblem(tx, of, { problem: because, waitMs: rarelyMs });
    if (first) deps.log.warn(`Change records: ${because}`);
    const entry: Entry = {
      kind: 'record.failed',
      by: { roster: 'records' },
      about: { action: row.action },
      facts: { system: system.name },
      because: [because],
    };
    return { result: { kind: 'later', at, because }, entries: first ? [entry] : [], jobs: [] };
  });
}

/** Tells it within `waitMs`, also when somebody else is at it; what takes longer goes on by itself. */
export async function tellWithin(
  deps: Deps,
  system: ChangeSystem,
  action: ActionId,
  { waitMs, facts }: { waitMs: number; facts: Promise<Facts> },
): Promise<Told> {
  const telling = untilFree(deps, system, action, { waitMs, facts });
  deps.underWay.add(telling);
  void telling.catch(() => {}).finally(() => deps.underWay.delete(telling));
  const late: Told = {
    kind: 'later',
    at: deps.now(),
    because: `${system.called} did not answer within ${waitMs / 1_000} s.`,
  };
  return Promise.race([telling, setTimeout(waitMs, late, { ref: false })]);
}

async function untilFree(
  deps: Deps,
  system: ChangeSystem,
  action: ActionId,
  { waitMs, facts }: { waitMs: number; facts: Promise<Facts> },
): Promise<Told> {
  const until = performance.now() + waitMs;
  for (;;) {
    const told = await tell(deps, system, action, facts);
    if (told.kind !== 'busy' || performance.now() >= until) return told;
    await setTimeout(100, undefined, { ref: false });
  }
}
