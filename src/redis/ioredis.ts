import { Redis, type RedisOptions } from 'ioredis';
import type { Claims } from './redis.ts';

/**
 * Connects to the Redis at `url`; every key is kept under `prefix`.
 * Throws one sentence when it does not answer, here and at every later call: in seconds, not minutes.
 */
export async function openRedis(url: string, prefix = 'roster:'): Promise<Claims> {
  const redis = connection(url, prefix);
  const asked = orOneSentence(redis, new URL(url).host);
  await asked(redis.connect()).catch((error: unknown) => {
    redis.disconnect();
    throw error;
  });
  return {
    claim: (key, holder, ttlMs) => asked(redis.eval(CLAIM, 1, key, holder, whole(ttlMs))).then(String),
    renew: (key, ttlMs) => asked(redis.pexpire(key, whole(ttlMs))).then(() => {}),
    release: (key, holder) => asked(redis.eval(RELEASE, 1, key, holder)).then(() => {}),
    close: async () => redis.disconnect(),
  };
}

// A cut connection sends a command again, so a bare SET NX may answer "taken" about our own claim.
// Comparing the holder in the same script makes the second sending a renewal.
const CLAIM = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return ARGV[1] end
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return holder`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** Not connected yet. */
export function connection(url: string, prefix: string, changed: Partial<RedisOptions> = {}): Redis {
  return new Redis(url, {
    keyPrefix: prefix,
    lazyConnect: true,
    connectTimeout: 3_000,
    commandTimeout: 3_000,
    maxRetriesPerRequest: 2,
    ...changed,
  });
}

/** Redis says why it cannot be reached in events; a failed command only says that it failed. */
export function orOneSentence(redis: Redis, host: string): <T>(reply: Promise<T>) => Promise<T> {
  let trouble: string | undefined;
  redis.on('error', (error: Error) => {
    trouble = error.message;
  });
  redis.on('ready', () => {
    trouble = undefined;
  });
  return (reply) =>
    reply.catch((cause: Error) => {
      const why = trouble ?? cause.message;
      throw new Error(`Redis at ${host} did not do as asked (${why}): start it, or correct REDIS_URL.`, {
        cause,
      });
    });
}

/** Redis takes whole milliseconds, at least one. */
function whole(ms: number): number {
  return Math.max(1, Math.ceil(ms));
}
