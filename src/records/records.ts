import type { Recording, RecordOpened } from '../actions/recording.ts';
import type { ActionId } from '../ids.ts';
import type { Job } from '../jobs/job.ts';
import { save } from '../jobs/save.ts';
import { type Deps, type Facts, factsOf } from './known.ts';
import type { ChangeSystem } from './record.ts';
import { insertOwed, letTry, setWanted } from './store.ts';
import { type Told, tell, tellWithin } from './tell.ts';

export interface Records {
  /** The gateway's side: every executed change passes here. */
  recording: Recording;
  /** Tells every system of an action; what must wait is made due again. */
  tell(action: ActionId): Promise<void>;
  /** Has everything that waits tried again at once, as after a start with other settings. */
  tryAgain(): Promise<void>;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

type Given = Omit<Deps, 'leftAlone' | 'awayUntil' | 'underWay' | 'settleMs'> &
  Partial<Pick<Deps, 'settleMs'>>;

/** Longer than a search of Jira takes to know a new issue. */
const settleMs = 15_000;
/** After whoever opens it at once has given up. */
const soonMs = 15_000;

/** The change records of a site, in these systems. */
export function openRecords(given: Given): Records {
  const deps: Deps = {
    settleMs,
    ...given,
    leftAlone: new Map(),
    awayUntil: new Map(),
    underWay: new Set(),
  };
  return {
    recording: recordingOf(deps),
    tell: (action) => tellAll(deps, action),
    tryAgain: () =>
      save(deps, async (tx) => {
        const untold = await letTry(
          tx,
          deps.systems.map(({ name }) => name),
        );
        return { result: undefined, entries: [], jobs: untold.map(due) };
      }),
    stop: async () => void (await Promise.allSettled(deps.underWay)),
  };
}

const due = (action: ActionId): Job => ({ name: 'tell-record', action });

function recordingOf(deps: Deps): Recording {
  return {
    async owe(tx, id) {
      await insertOwed(
        tx,
        id,
        deps.systems.map(({ name }) => name),
      );
      return [{ name: 'tell-record', action: id, after: new Date(deps.now().getTime() + soonMs) }];
    },
    open: (id, wait) => open(deps, id, wait),
    async begun(tx, id) {
      return (await setWanted(tx, id, 'running', ['opened'])) ? [due(id)] : [];
    },
    async ended(tx, { id, undoes }, { status, called }) {
      const to = called ? 'closed' : 'never';
      const own = await setWanted(tx, id, to, ['opened', 'running']);
      const undone = undoes && status === 'done' && (await setWanted(tx, undoes, 'undone', ['closed']));
      return [...(own ? [due(id)] : []), ...(undone ? [due(undoes)] : [])];
    },
  };
}

async function open(
  deps: Deps,
  id: ActionId,
  { waitMs, must }: { waitMs: number; must: boolean },
): Promise<RecordOpened> {
  const here = deps.systems.filter(({ name }) => must || !isAway(deps, name));
  const facts = factsOf(deps, id);
  facts.catch(() => {});
  const told = await Promise.all(here.map((system) => openIn(deps, system, id, { waitMs, facts })));
  const missing = told.flatMap((one) => (one.kind === 'later' ? [one.because] : []));
  if (missing.length > 0) return { kind: 'missing', because: missing.join(' ') };
  if (told.some(({ kind }) => kind === 'busy')) return { kind: 'busy' };
  if (here.length < deps.systems.length)
    return { kind: 'missing', because: 'A system that keeps change records was away a moment ago.' };
  return { kind: 'open' };
}

async function openIn(
  deps: Deps,
  system: ChangeSystem,
  id: ActionId,
  within: { waitMs: number; facts: Promise<Facts> },
): Promise<Told> {
  return tellWithin(deps, system, id, within).catch((error: unknown) => ({
    kind: 'later',
    at: deps.now(),
    because: error instanceof Error ? error.message : String(error),
  }));
}

function isAway({ awayUntil, now }: Deps, name: ChangeSystem['name']): boolean {
  const until = awayUntil.get(name);
  return until !== undefined && until > now();
}

/** How soon what somebody else is telling is looked at again. */
const busyMs = 1_000;

async function tellAll(deps: Deps, action: ActionId): Promise<void> {
  const told = await Promise.all(deps.systems.map((system) => tell(deps, system, action)));
  const agains = told.flatMap((one) => againAt(one, deps.now()));
  if (agains.length === 0) return;
  const after = new Date(Math.min(...agains.map((at) => at.getTime())));
  await save(deps, async () => ({ result: undefined, entries: [], jobs: [{ ...due(action), after }] }));
}

function againAt(told: Told, now: Date): Date[] {
  if (told.kind === 'told') return [];
  return [told.kind === 'busy' ? new Date(now.getTime() + busyMs) : told.at];
}
