// Fingerprints and leases: short-lived claims on a key, held in Redis or in a table that stands in for it; and a broadcast.
// Not a store of record: losing it repeats a question or delays a message, never loses a deed or a decision.

export interface Claims {
  /**
   * Who holds `key`: `holder` if it was free (now held for `ttlMs`), otherwise the present holder.
   * Safe to call twice: the same holder renews.
   */
  claim(key: string, holder: string, ttlMs: number): Promise<string>;
  /** The same for many at once, in one round trip; the holders in their order. */
  claimAll(wanted: { key: string; holder: string }[], ttlMs: number): Promise<string[]>;
  /** Renews the time of a key that is held, whoever holds it; does nothing when it is free. */
  renew(key: string, ttlMs: number): Promise<void>;
  /** Frees `key` if `holder` still holds it; otherwise does nothing. */
  release(key: string, holder: string): Promise<void>;
  close(): Promise<void>;
}

/** Words to every process that listens at this moment. Nothing is kept: who must not miss them reads Postgres. */
export interface Broadcast {
  /** Tells this process at once and the others through Redis. Never throws: false when those could not be told. */
  publish(message: string): Promise<boolean>;
  /** `hear` is called with each message, in the order it comes, and may be told one twice. */
  subscribe(hear: (message: string) => void): void;
  close(): Promise<void>;
}
