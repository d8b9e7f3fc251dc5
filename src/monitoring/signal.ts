import type { IncidentId, SignalId } from '../ids.ts';
import type { Anomaly, Band } from './anomaly.ts';

export type SignalKind =
  /** One or more series far from usual. */
  | 'anomaly'
  /** Metrics that no longer move together, each in bounds. */
  | 'relation'
  /** Somebody else's: an Alertmanager's. */
  | 'alert'
  /** A series or target that was there is gone. */
  | 'vanished'
  /** We cannot see: a source does not answer. */
  | 'blind'
  /** The lead-in of a past incident, seen again. */
  | 'precursor'
  /** It will run full. */
  | 'forecast';

/** What will come, if nothing is done. Times in unix seconds. */
export interface Foretold {
  /** The kind of cause it will have. */
  cause: string;
  /** What will be, in words: "free disk space used up", "full disk". */
  what: string;
  /** When; null where nobody can tell. */
  at: number | null;
  /** Between when, with about 95 %: null where there is no interval; `latest` too where it might never come. */
  earliest: number | null;
  latest: number | null;
  /** The past incidents that began alike, the latest last. */
  like: IncidentId[];
}

/** Something that matters, raised once: one row, from which an incident may come. Metric to z are its worst member's. */
export interface Signal {
  id: SignalId;
  fingerprint: string;
  kind: SignalKind;
  band: Band;
  /** Its baselines are young: it is told and opens nothing. */
  learning: boolean;
  service: string;
  server: string | null;
  metric: string;
  value: number;
  mean: number;
  deviation: number;
  z: number;
  /** All that is unusual together, the worst first. */
  members: Anomaly[];
  /** Why, in sentences. */
  because: string[];
  /** Of a precursor or forecast, which tell of what is not there yet. */
  foretold: Foretold | null;
  raisedAt: Date;
  /** When all of it was as usual again. */
  recoveredAt: Date | null;
  /** Why it is told to nobody by itself: muted, expected, a maintenance window, quiet hours, or less than its team is told of. */
  held: string | null;
  incident: IncidentId | null;
}
