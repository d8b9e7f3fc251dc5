import type { ChildProcess } from 'node:child_process';

type Message =
  | { asked: number; what: string; given: unknown }
  | { answers: number; value: unknown }
  | { answers: number; error: string };

type Answers = Record<string, (given: never) => unknown>;

/** Asks the other end of a process's channel, a child or whoever started this one, and answers what it asks. */
export function talk(
  end: ChildProcess | NodeJS.Process,
  answers: Answers,
): (what: string, given?: unknown) => Promise<unknown> {
  const waiting = new Map<number, { done(value: unknown): void; failed(error: Error): void }>();
  let asked = 0;
  const answer = async ({ asked: answering, what, given }: Extract<Message, { what: string }>) => {
    try {
      end.send?.({ answers: answering, value: await answers[what]?.(given as never) });
    } catch (error) {
      end.send?.({ answers: answering, error: String(error) });
    }
  };
  end.on('message', (said: unknown) => {
    const message = said as Message;
    if ('what' in message) return void answer(message);
    const one = waiting.get(message.answers);
    waiting.delete(message.answers);
    if ('error' in message) one?.failed(new Error(message.error));
    else one?.done(message.value);
  });
  return (what, given) =>
    new Promise((done, failed) => {
      asked += 1;
      waiting.set(asked, { done, failed });
      end.send?.({ asked, what, given });
    });
}
