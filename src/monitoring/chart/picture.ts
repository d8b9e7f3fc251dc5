import { Worker } from 'node:worker_threads';
import type { TopLevelSpec } from 'vega-lite';
import { type Chart, specOf } from './chart.ts';

/** Draws charts in a thread of its own, so that the main thread goes on answering. */
export interface Drawing {
  /** The chart as a PNG, about 1,600 × 720 pixels. Throws when it could not be drawn, or not within 10 s. */
  draw(chart: Chart): Promise<Uint8Array>;
  /** The same of a specification of one's own. */
  plot(spec: TopLevelSpec): Promise<Uint8Array>;
  close(): Promise<void>;
}

const patienceMs = 10_000;

/** The thread starts with the first chart, which takes about a second longer; one that ends is started anew. */
export function openDrawing(): Drawing {
  let thread: Thread | undefined;
  const plot = (spec: TopLevelSpec) => {
    if (!thread || thread.ended()) thread = startThread();
    return thread.ask(spec);
  };
  return {
    draw: (chart) => plot(specOf(chart)),
    plot,
    close: async () => {
      await thread?.end();
    },
  };
}

interface Thread {
  ask(spec: unknown): Promise<Uint8Array>;
  ended(): boolean;
  end(): Promise<unknown>;
}

type Told = { id: number } & ({ png: Uint8Array } | { because: string });

function startThread(): Thread {
  const worker = new Worker(new URL('./drawing.ts', import.meta.url));
  // A drawing that is still going on keeps no process alive.
  worker.unref();
  const waiting = new Map<number, PromiseWithResolvers<Uint8Array>>();
  let last = 0;
  let ended = false;
  const fail = (because: string) => {
    ended = true;
    for (const { reject } of waiting.values()) reject(new Error(`The chart could not be drawn: ${because}`));
    waiting.clear();
  };
  worker.on('message', (told: Told) => {
    const asked = waiting.get(told.id);
    waiting.delete(told.id);
    if ('png' in told) asked?.resolve(told.png);
    else asked?.reject(new Error(`The chart could not be drawn: ${told.because}`));
  });
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => fail('its thread has ended.'));
  const end = () => worker.terminate();
  return {
    ended: () => ended,
    end,
    ask: async (spec) => {
      const id = ++last;
      const answer = Promise.withResolvers<Uint8Array>();
      waiting.set(id, answer);
      worker.postMessage({ id, spec });
      const late = setTimeout(() => {
        fail(`it took longer than ${patienceMs / 1_000} s.`);
        void end();
      }, patienceMs);
      return answer.promise.finally(() => clearTimeout(late));
    },
  };
}
