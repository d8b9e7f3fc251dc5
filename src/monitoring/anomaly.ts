/** Below it is usual; *watch* is written down; *critical*, held, is a signal. */
export type Band = 'watch' | 'critical';

/** One series that is not as usual now. */
export interface Anomaly {
  metric: string;
  /** What its series is about. */
  about: 'service' | 'server';
  /** The service's or server's id. */
  subject: string;
  value: number;
  /** What would be usual now, in the metric's unit, and how far that varies (one standard deviation). */
  mean: number;
  deviation: number;
  /** How many standard deviations in the bad direction. */
  z: number;
  band: Band;
  /** Its baseline is young: it is told, with a confidence below 65 %. */
  learning: boolean;
}
