import type { Entry } from './entry.ts';
import type { Notes } from './notes.ts';

export interface Refusals {
  /** A request that a door turned away: counted, by the door and one of the door's few reasons. */
  refused(door: string, because: string): void;
  /** An attempt by an account the surface vouches for: noted at once; the same again within the minute is counted. */
  attempted(entry: Entry): Promise<void>;
  /** Writes the minutes that are over. What the database does not take stays for the next time. */
  flush(): Promise<void>;
  /** Writes all that is left, and nothing by itself from then on. */
  stop(): Promise<void>;
}

interface Counted {
  minute: string;
  entry: Entry;
  /** Those that have no entry yet. */
  count: number;
  reasons: Record<string, number>;
}

/** How many are told apart in a minute; what comes after is counted together. */
const most = { attempts: 1_000, reasons: 20 };

/**
 * Refused attempts, at most one entry a door and minute however many there are, so that strangers cannot
 * fill the audit: `door.refused` with `{ door, minute, count, reasons }`. `now` says which minute it is.
 */
export function openRefusals(notes: Notes, now: () => Date): Refusals {
  let counted = new Map<string, Counted>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function find(key: string, entry: Entry): Counted {
    const minute = now().toISOString().slice(0, 16);
    const name = `${minute} ${key}`;
    const one = counted.get(name) ?? { minute, entry, count: 0, reasons: {} };
    counted.set(name, one);
    flushLater();
    return one;
  }

  function flushLater() {
    if (stopped || timer) return;
    const tick = () => {
      timer = undefined;
      void flush().then(() => counted.size > 0 && flushLater());
    };
    timer = setTimeout(tick, 60_000 - (now().getTime() % 60_000)).unref();
  }

  async function write(isDue: (one: Counted) => boolean) {
    const due = [...counted].filter(([, one]) => isDue(one));
    counted = new Map([...counted].filter(([, one]) => !isDue(one)));
    const asked = due.filter(([, one]) => one.count > 0);
    await Promise.all(
      asked.map(([name, one]) => notes.note(entryOf(one)).catch(() => counted.set(name, one))),
    );
  }

  function refused(door: string, because: string) {
    const one = find(`door ${door}`, { kind: 'door.refused', by: { roster: 'door' }, facts: { door } });
    one.count += 1;
    const isNew = one.reasons[because] === undefined && Object.keys(one.reasons).length >= most.reasons;
    const reason = isNew ? 'other' : because;
    one.reasons[reason] = (one.reasons[reason] ?? 0) + 1;
  }

  const flush = () => write(({ minute }) => minute < now().toISOString().slice(0, 16));

  return {
    refused,
    attempted: async (entry) => {
      const known = counted.size;
      if (known >= most.attempts) return refused('attempts', entry.because?.[0] ?? 'refused');
      const one = find(`same ${JSON.stringify(entry)}`, entry);
      if (counted.size === known) one.count += 1;
      else await notes.note(entry);
    },
    flush,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await write(() => true);
    },
  };
}

function entryOf({ minute, entry, count, reasons }: Counted): Entry {
  const why = Object.keys(reasons).length > 0 ? { reasons } : {};
  return { ...entry, facts: { ...entry.facts, minute, count, ...why } };
}
