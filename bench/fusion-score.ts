// Counts what was named when, against the faults. The only reader of labels.
import type { Fault } from './nezha.ts';

/** One minute of the stream: the services that open signals name. */
export interface Minute {
  /** Unix seconds ÷ 60. */
  minute: number;
  named: string[];
  /** Those whose signal was opened in this minute. */
  opened: string[];
}

export interface Counted {
  faults: number;
  /** Faults for which a signal naming their service, or any, was open in a minute that overlaps [t, t + 300 s]. */
  right: number;
  any: number;
  /** Minutes that begin with no fault in [−60 s, +480 s], and those of them with an open signal. */
  clear: number;
  alarmed: number;
  /** Signals opened where there was a fault, and those of them that name it. */
  opened: number;
  openedRight: number;
}

/** Counts one day. Pure. */
export function count(minutes: Minute[], faults: Fault[]): Counted {
  const during = (at: number) =>
    minutes.filter(({ minute }) => minute * 60 + 60 > at && minute * 60 <= at + 300);
  const near = (minute: number) =>
    faults.filter(({ at }) => minute * 60 - at >= -60 && minute * 60 - at <= 480);
  const clear = minutes.filter(({ minute }) => near(minute).length === 0);
  const opened = minutes.flatMap(({ minute, opened }) =>
    near(minute).length === 0 ? [] : opened.map((service) => ({ service, faults: near(minute) })),
  );
  return {
    faults: faults.length,
    right: faults.filter(({ at, service }) => during(at).some(({ named }) => named.includes(service))).length,
    any: faults.filter(({ at }) => during(at).some(({ named }) => named.length > 0)).length,
    clear: clear.length,
    alarmed: clear.filter(({ named }) => named.length > 0).length,
    opened: opened.length,
    openedRight: opened.filter(({ service, faults }) => faults.some((one) => one.service === service)).length,
  };
}

export function sum(days: Counted[]): Counted {
  const of = (what: keyof Counted) => days.reduce((all, day) => all + day[what], 0);
  return {
    ...{ faults: of('faults'), right: of('right'), any: of('any'), clear: of('clear') },
    ...{ alarmed: of('alarmed'), opened: of('opened'), openedRight: of('openedRight') },
  };
}
