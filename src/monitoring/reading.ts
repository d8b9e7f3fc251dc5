/** One series at one time beside what is usual for it then. */
export interface Reading {
  metric: string;
  says: string;
  unit: string;
  about: 'service' | 'server';
  /** The service's or server's id. */
  subject: string;
  value: number;
  mean: number;
  deviation: number;
  /** How many standard deviations in the bad direction; negative on the good side. */
  z: number;
}

/** z from here on is written down; nothing more. */
const watchAt = 2.8;
/** z from here on, in two cycles running, is a signal. */
export const signalAt = 4;

/** Whether a reading is within what is usual. */
export function isUsual({ z }: Pick<Reading, 'z'>): boolean {
  return z < watchAt;
}

/** A value for people, three digits and a suffix: 7.87, 412M. */
export function brief(value: number): string {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}
