import { setImmediate } from 'node:timers/promises';

/** Does all steps and returns what they come to. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, and after each step whoever waits in this thread has a turn: people are answered while a cycle is judged. */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await setImmediate();
  }
}
