import { Worker } from 'node:worker_threads';
import type { Access } from '../http.ts';
import type { Asked, Columns, Fresh, Numbered } from './columns.ts';
import type { System } from './reader.ts';

/** What the reading thread begins with. */
export interface Begin {
  access: Access;
  asked: Asked[];
  known: Numbered[];
}

export type FromWorker =
  | { kind: 'fresh'; fresh: Fresh }
  | { kind: 'cycle'; columns: Columns; missing: string[]; unread: string[]; system: System | undefined };

export interface Cycle extends Columns {
  /** What could not be read, each a sentence: missing data is said, never read as healthy. */
  missing: string[];
  /** The metrics that could not be read, or not wholly. */
  unread: string[];
}

/** Where a cycle's values come from: a Prometheus or a VictoriaMetrics. */
export interface Source {
  /** What each number is about. It grows while cycles are read; what is there never changes. */
  readonly series: readonly Numbered[];
  /** Undefined while it never answered. */
  readonly system: System | undefined;
  /** Everything asked as it is at `at`. One at a time. What is down is in `missing`; throws when the reading thread broke. */
  cycle(at: Date): Promise<Cycle>;
  close(): Promise<void>;
}

/** Reads cycles in a thread of its own, started with the first and again after it broke; numbers stay. */
export function openSource(access: Access, asked: Asked[]): Source {
  const series: Numbered[] = [];
  let system: System | undefined;
  let worker: Worker | undefined;

  function start(): Worker {
    const begin: Begin = { access, asked, known: series };
    const started = new Worker(new URL('./source-worker.ts', import.meta.url), {
      workerData: begin,
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
    });
    started.unref();
    started.once('exit', () => {
      if (worker === started) worker = undefined;
    });
    return started;
  }

  function read(reading: Worker, at: Date): Promise<Cycle> {
    return new Promise((done, failed) => {
      const hear = (message: FromWorker) => {
        if (message.kind === 'fresh') return learn(message.fresh);
        settle();
        system = message.system;
        done({ ...message.columns, missing: message.missing, unread: message.unread });
      };
      const broke = (error?: unknown) => {
        settle();
        failed(error instanceof Error ? error : new Error('The thread that reads metrics ended.'));
      };
      const settle = () => {
        reading.off('message', hear).off('error', broke).off('exit', broke);
        reading.unref();
      };
      reading.on('message', hear).on('error', broke).on('exit', broke);
      reading.ref();
      reading.postMessage(at.getTime());
    });
  }

  // One text for each subject, though each of its series tells it anew.
  const texts = new Map<string, string>();
  const once = (text = '') => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };

  function learn({ first, metrics, subjects, parts }: Fresh): void {
    metrics.forEach((metric, nth) => {
      const name = asked[metric]?.name ?? '';
      series[first + nth] = { metric: name, subject: once(subjects[nth]), part: once(parts[nth]) };
    });
  }

  return {
    series,
    get system() {
      return system;
    },
    cycle: (at) => {
      worker ??= start();
      return read(worker, at);
    },
    close: async () => {
      const ending = worker;
      worker = undefined;
      await ending?.terminate();
    },
  };
}
