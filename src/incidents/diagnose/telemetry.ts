// Where a failure comes from: one scored model over series, the call graph and the symptom. Pure, no language model.
// Not what kind of cause it is nor what mends it: those are the rules beside it (diagnose.ts).

/**
 * What a series tells of its node. *resource*: what it uses itself (CPU, memory, disk), which a cause moves and a
 * victim does not; *latency* and *errors*: what its callers see, which whatever it calls moves too; *traffic*: what
 * is asked of it, which its callers move; *unknown* counts as its own.
 */
export type Kind = 'resource' | 'latency' | 'errors' | 'traffic' | 'unknown';

/** One series, on the rows of its telemetry. */
export interface Series {
  /** The service or server it tells of; of a call, the callee. */
  node: string;
  /** Who saw it, where it was measured at one caller's end. */
  caller?: string;
  metric: string;
  kind: Kind;
  /** Which way is worse. */
  bad: 'up' | 'down' | 'either';
  /** One for each row; NaN = missing. */
  values: Float64Array;
}

/** One that depends on another: a caller on its callee, a service on the server it runs on. */
export interface Call {
  caller: string;
  callee: string;
}

/** What else speaks for a node, or against it: added to its score as it is. */
export interface Hint {
  node: string;
  from: 'change' | 'logs' | 'traces' | 'history';
  /** In the score's unit: 1 is what makes a series e times as far from usual. Negative speaks against. */
  weight: number;
  /** A sentence for people. */
  says: string;
}

/** All that is known of one failure. Units are the series' own: no value is ever compared with another series'. */
export interface Telemetry {
  /** Unix seconds of each row; rising within the rows before the onset, and within those from it on. */
  times: Float64Array;
  /** The first row noticed to be of the failure. The rows before are usual, though the failure may be 60 s older. */
  onset: number;
  series: Series[];
  /** Who depends on whom, where that is known. Calls that have series of their own need not be among them. */
  calls?: Call[];
  /** Where the failure was noticed, where that is known. */
  symptom?: { node: string; metric: string };
  hints?: Hint[];
}

/** A failure is noticed up to so many seconds late. */
export const lagSeconds = 60;

/** Fewer known rows than this say neither what is usual nor what goes together. */
export const leastRows = 3;

/**
 * The first row that may be of the failure when it was noticed late; what is usual is learnt from the rows before it.
 * Of two stretches from different days the end of the first is no lead-in; and `leastRows` rows stay usual.
 */
export function firstRow({ times, onset }: Pick<Telemetry, 'times' | 'onset'>): number {
  const at = times[onset] ?? Number.NaN;
  let first = onset;
  while (first > leastRows && isLeadIn(at - (times[first - 1] as number))) first -= 1;
  return first;
}

function isLeadIn(secondsBefore: number): boolean {
  return secondsBefore > 0 && secondsBefore <= lagSeconds;
}
