/** What people are going to do, and when: in the order it is due, what was put first first. */
export interface Agenda {
  /** `at` in unix milliseconds. */
  put(at: number, what: () => Promise<unknown>): void;
  /** When the next is due; undefined when nothing is. */
  next(): number | undefined;
  /** Does what is due by then, one after the other; how many. */
  run(until: number): Promise<number>;
}

export function openAgenda(): Agenda {
  let all: { at: number; what: () => Promise<unknown> }[] = [];
  const first = () =>
    all.reduce<(typeof all)[0] | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);
  return {
    put: (at, what) => void all.push({ at, what }),
    next: () => first()?.at,
    run: async (until) => {
      let done = 0;
      for (let due = first(); due && due.at <= until; due = first()) {
        const doing = due;
        all = all.filter((one) => one !== doing);
        await doing.what();
        done += 1;
      }
      return done;
    },
  };
}
