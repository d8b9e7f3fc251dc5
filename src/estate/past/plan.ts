import { type Inventory, isOpenWindow } from '../../inventory/inventory.ts';
import { faults } from '../faults/all.ts';
import type { Fault } from '../faults/fault.ts';
import { lookAlikes } from '../faults/look-alikes.ts';
import { noises } from '../faults/noises.ts';
import { picked, shuffled } from './draw.ts';
import { fillingDisk } from './slow.ts';

/** What people do about it, besides answering what they are asked. */
export type Manner =
  | 'as-asked'
  /** Somebody rejects what is asked, takes it and mends it by hand. */
  | 'rejected'
  /** Nobody answers in the first round. */
  | 'lapsed'
  /** Somebody takes it at once and mends it by hand. */
  | 'taken'
  /** Afterwards somebody says that the cause was another. */
  | 'wrong-cause'
  /** It comes back after it was closed, and somebody says so. */
  | 'reopened'
  /** Somebody says how bad it is. */
  | 'severity'
  /** It only looks like something. */
  | 'nothing';

/** Something that happens to the company at a unix millisecond. */
export interface Episode {
  at: number;
  /** What breaks, one or two at once; of *nothing* what only looks like it. */
  faults: Fault[];
  manner: Manner;
}

export interface Planning {
  random(): number;
  inventory: Inventory;
  /** Unix milliseconds. */
  from: number;
  to: number;
  /** How many times something breaks. */
  times: number;
}

const minute = 60_000;
const hour = 60 * minute;
/** Nothing else breaks so long after; longer where nobody answers for four hours. */
const apartMs = 3 * hour;
/** All is over and filed before the past is. */
const restMs = 4 * hour;

/**
 * Those whose runbooks ask a person under the shipped policy: only of
 * them something can be rejected or left unanswered, and what is held against their causes changes nobody's autonomy now.
 */
const asked = [
  ...['bad-deployment', 'connection-pool', 'lock-contention', 'slow-queries', 'replication-lag'],
  ...['inode-exhaustion', 'network-loss', 'noisy-neighbour', 'crash-loop', 'dependency-down'],
];
const isAsked = (fault: Fault | undefined) => fault !== undefined && asked.includes(fault.name);
const ofAsked: Manner[] = ['rejected', 'lapsed', 'wrong-cause', 'taken', 'rejected', 'lapsed'];
const ofAny: Manner[] = ['reopened', 'severity', 'taken', 'severity'];

/**
 * What happens to the company between two times, oldest first: every kind of fault, the routine ones more often, more by day than by night,
 * none in a maintenance window; beside them what only looks like a fault, some pairs, and disks that fill for hours.
 */
export function planOf({ random, inventory, from, to, times }: Planning): Episode[] {
  // What is routine comes twice as often as what a person is asked about.
  const round = [...faults, ...faults.filter((fault) => !isAsked(fault))];
  const kinds = Array.from({ length: Math.ceil(times / round.length) }, () => shuffled(round, random))
    .flat()
    .slice(0, times);
  const manners = mannersFor(kinds);
  const real = kinds.map((fault, nth): Omit<Episode, 'at'> => {
    const manner = manners.get(nth) ?? 'as-asked';
    return { manner, faults: [fault] };
  });
  const plain = real.filter(({ manner, faults: [first] }) => manner === 'as-asked' && isAsked(first));
  for (const one of plain.slice(0, Math.round(times / 10)))
    one.faults.push(
      picked(
        faults.filter((fault) => isAsked(fault) && !one.faults.includes(fault)),
        random,
      ),
    );
  const besides = Math.ceil(times / 5);
  const herrings = Array.from({ length: besides }, (): Omit<Episode, 'at'> => {
    return { manner: 'nothing', faults: [picked([...lookAlikes, ...noises], random)] };
  });
  const slow = Array.from({ length: Math.ceil(times / 14) }, (): Omit<Episode, 'at'> => {
    return { manner: 'as-asked', faults: [fillingDisk] };
  });
  const laid: Episode[] = [];
  for (const one of shuffled([...real, ...herrings, ...slow], random)) {
    const at = timeFor(one, laid, { random, inventory, from, to });
    if (at !== undefined) laid.push({ ...one, at });
  }
  return laid.sort((a, b) => a.at - b.at);
}

/** Which of the faults something else is done about, by their place. */
function mannersFor(kinds: Fault[]): Map<number, Manner> {
  const manners = new Map<number, Manner>();
  const place = (manner: Manner, fits: (fault: Fault) => boolean) => {
    const nth = kinds.findIndex((fault, at) => !manners.has(at) && fits(fault));
    if (nth >= 0) manners.set(nth, manner);
  };
  const most = Math.floor(kinds.length / 6) + 1;
  // One outcome that is wrong says much while there is no other: its kind comes again.
  const comesAgain = (fault: Fault) => kinds.filter((one) => one === fault).length > 1;
  for (const manner of ofAsked.slice(0, most))
    place(manner, (fault) => isAsked(fault) && (manner !== 'wrong-cause' || comesAgain(fault)));
  for (const manner of ofAny.slice(0, most)) place(manner, (fault) => !isAsked(fault));
  return manners;
}

type Within = Omit<Planning, 'times'>;

/** A time when nothing else is going on; undefined when none was found. */
function timeFor(
  { manner }: Omit<Episode, 'at'>,
  laid: Episode[],
  { random, inventory, from, to }: Within,
): number | undefined {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const at = from + hour + Math.floor(random() * (to - from - restMs - hour));
    const by = new Date(at).getUTCHours();
    const isDay = by >= 7 && by < 18;
    if (!isDay && random() > 0.25) continue;
    const own = lasts(manner);
    const isFree = laid.every((one) => at > one.at + lasts(one.manner) || at < one.at - own);
    if (isFree && at + own < to - hour && !isPlanned(inventory, at)) return at;
  }
  return undefined;
}

function lasts(manner: Manner): number {
  return manner === 'lapsed' ? 7 * hour : manner === 'reopened' ? 2 * apartMs : apartMs;
}

/** What is unusual in a maintenance window is held back, as it should be. */
function isPlanned({ services }: Inventory, at: number): boolean {
  return services.some(({ windows }) =>
    windows.some((one) =>
      [0, 30, 60, 120, 180].some((later) => isOpenWindow(one, new Date(at + later * minute))),
    ),
  );
}
