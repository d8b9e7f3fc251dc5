import type { Claims } from './redis.ts';

/**
 * Claims of `first`, and of `second` for as long as the first fails. Between the two a claim may be given twice: whoever
 * relies on it holds what must not happen twice in the database too.
 */
export function fallingBack(first: Claims, second: Claims, log: { warn(message: string): void }): Claims {
  let lost = false;
  async function either<T>(ask: (claims: Claims) => Promise<T>): Promise<T> {
    try {
      const answer = await ask(first);
      if (lost) log.warn('Redis answers again.');
      lost = false;
      return answer;
    } catch (error) {
      if (!lost)
        log.warn(`${error instanceof Error ? error.message : error} Until then the database holds claims.`);
      lost = true;
      return ask(second);
    }
  }
  return {
    claim: (key, holder, ttlMs) => either((claims) => claims.claim(key, holder, ttlMs)),
    claimAll: (wanted, ttlMs) => either((claims) => claims.claimAll(wanted, ttlMs)),
    renew: (key, ttlMs) => either((claims) => claims.renew(key, ttlMs)),
    release: (key, holder) => either((claims) => claims.release(key, holder)),
    close: async () => {
      await first.close();
      await second.close();
    },
  };
}
