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
  raisedAt: Date;
  /** When all of it was as usual again. */
  recoveredAt: Date | null;
  /** Why it is told to nobody by itself: muted, expected, a maintenance window, quiet hours, or less than its team is told of. */
  held: string | null;
  incident: IncidentId | null;
}
