import type { IncidentId, SignalId } from '../ids.ts';

/** An anomaly that was raised: one row, from which an incident may come. */
export interface Signal {
  id: SignalId;
  fingerprint: string;
  service: string;
  server: string | null;
  metric: string;
  value: number;
  mean: number;
  deviation: number;
  z: number;
  raisedAt: Date;
  incident: IncidentId | null;
}
