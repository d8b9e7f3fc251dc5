import { z } from 'zod';
import { type Access, ask, SystemFailed } from '../http.ts';
import { isSelector, openExport } from '../victoriametrics/read.ts';
import { type Asked, type Columns, type Fresh, type Numbered, openCollector } from './columns.ts';
import { readInstant } from './instant.ts';

export type System = 'Prometheus' | 'VictoriaMetrics';

export interface Read {
  columns: Columns;
  /** What could not be read, each a sentence. */
  missing: string[];
  /** The metrics that could not be read, or not wholly. */
  unread: string[];
  /** Undefined while it is not known, because it never answered. */
  system: System | undefined;
}

export interface Reader {
  /** Reads all that is asked as it is at `at`; tells of series that are new as soon as it knows them. Never throws for what is down. */
  cycle(at: Date, tell: (fresh: Fresh) => void): Promise<Read>;
}

/** More at once only wait for each other: it is one thread that parses, and few that answer. */
const atOnce = 3;

/** Reads cycles from either system, in this thread: from VictoriaMetrics by export where a query is a bare selector. */
export function openReader(access: Access, asked: Asked[], known: Numbered[]): Reader {
  const collector = openCollector(asked, known);
  const exported = openExport(access, collector);
  let system: System | undefined;

  async function read(place: number, one: Asked, at: Date, tell: (fresh: Fresh) => void): Promise<void> {
    if (system === 'VictoriaMetrics' && isSelector(one.promql)) await exported.read(one, place, at);
    else await readInstant(access, one, place, collector, at);
    const fresh = collector.fresh();
    if (fresh) tell(fresh);
  }

  return {
    cycle: async (at, tell) => {
      const failures: { name: string; because: string }[] = [];
      let down = await find();
      await inTurn([...asked.entries()], async ([place, one]) => {
        const failed = down ?? (await failureOf(() => read(place, one, at, tell)));
        if (failed) failures.push({ name: one.name, because: failed.message });
        // Whoever gives no answer once is not waited for again in this cycle.
        if (failed?.status === undefined) down = failed;
      });
      const missing = sentences(failures, asked.length);
      return { columns: collector.take(), missing, unread: failures.map(({ name }) => name), system };
    },
  };

  async function find(): Promise<SystemFailed | undefined> {
    return failureOf(async () => {
      system ??= await whichOf(access);
    });
  }
}

/** Why it failed, when the system outside did; a bug is thrown. */
async function failureOf(read: () => Promise<void>): Promise<SystemFailed | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    if (error instanceof SystemFailed) return error;
    throw error;
  }
}

const buildinfo = z.object({ data: z.object({ goVersion: z.string().optional() }) });

/**
 * Which of the two is there, by what both say of their build: Prometheus names its Go version, VictoriaMetrics does
 * not. Whatever knows no such question is asked as Prometheus is. Throws `SystemFailed` when nothing answers.
 */
async function whichOf(access: Access): Promise<System> {
  const question = { path: '/api/v1/status/buildinfo' };
  try {
    const { data } = await ask('Prometheus', access, question, buildinfo);
    return data.goVersion === undefined ? 'VictoriaMetrics' : 'Prometheus';
  } catch (error) {
    if (error instanceof SystemFailed && error.status !== undefined) return 'Prometheus';
    throw error;
  }
}

async function inTurn<T>(waiting: T[], work: (one: T) => Promise<void>): Promise<void> {
  const each = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: atOnce }, each));
}

/** One sentence a reason, naming the metrics. */
function sentences(failures: { name: string; because: string }[], of: number): string[] {
  const reasons = [...new Set(failures.map(({ because }) => because))];
  return reasons.map((because) => {
    const names = failures.filter((one) => one.because === because).map(({ name }) => name);
    return names.length === of
      ? `No metric could be read: ${because}`
      : `${names.join(', ')} could not be read: ${because}`;
  });
}
