// Fingerprints and leases: short-lived claims on a key, held in Redis or in a table that stands in for it.
// Not a store of record: losing it repeats a question, never a deed.

export interface Claims {
  /**
   * Who holds `key`: `holder` if it was free (now held for `ttlMs`), otherwise the present holder.
   * Safe to call twice: the same holder renews.
   */
  claim(key: string, holder: string, ttlMs: number): Promise<string>;
  /** Renews the time of a key that is held, whoever holds it; does nothing when it is free. */
  renew(key: string, ttlMs: number): Promise<void>;
  /** Frees `key` if `holder` still holds it; otherwise does nothing. */
  release(key: string, holder: string): Promise<void>;
  close(): Promise<void>;
}
