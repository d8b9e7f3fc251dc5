/** A change to something that runs, as whoever made it tells of it. */
export interface ToldChange {
  /** What the same telling is known by, however often it comes. */
  key: string;
  what: 'deployed' | 'upgraded' | 'rolled back' | 'removed' | 'published' | 'configured';
  outcome: 'begun' | 'done' | 'failed';
  /** What was changed: one service, or an environment with all that runs in it. */
  of: 'service' | 'environment';
  /** What it may be called elsewhere, the most telling name first. */
  names: string[];
  environment: string | undefined;
  version: string | undefined;
  at: Date;
  /** Who or what made it, in the sender's words. */
  by: string;
  /** Where to read more, a web address. */
  link: string | undefined;
}

/** What a sender tells: changes, or things that change nothing that runs. */
export type ToldChanges =
  | { kind: 'told'; changes: ToldChange[]; ignored: number }
  | { kind: 'refused'; because: string; detail?: string };

/** The first of these that is a web address. */
export function webAddress(...candidates: unknown[]): string | undefined {
  return candidates.find(
    (one): one is string =>
      typeof one === 'string' && /^https?:\/\//.test(one) && URL.canParse(one) && one.length <= 2_000,
  );
}
