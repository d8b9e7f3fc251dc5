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
    claim: async (key, holder, ttlMs) => {
      const [present] = await asked(claimAll(redis, [{ key, holder }], whole(ttlMs)));
      return String(present);
    },
    claimAll: (wanted, ttlMs) => asked(claimAll(redis, wanted, whole(ttlMs))),
    renew: (key, ttlMs) => asked(redis.pexpire(key, whole(ttlMs))).then(() => {}),
    release: (key, holder) => asked(redis.eval(RELEASE, 1, key, holder)).then(() => {}),
    close: async () => redis.disconnect(),
  };
}

async function claimAll(
  redis: Redis,
  wanted: { key: string; holder: string }[],
  ttlMs: number,
): Promise<string[]> {
  if (wanted.length === 0) return [];
  const pipeline = redis.pipeline();
  for (let first = 0; first < wanted.length; first += AT_ONCE) {
    const some = wanted.slice(first, first + AT_ONCE);
    const keys = some.map(({ key }) => key);
    pipeline.eval(CLAIM_ALL, keys.length, ...keys, ttlMs, ...some.map(({ holder }) => holder));
  }
  const replies = (await pipeline.exec()) ?? [];
  return replies.flatMap(([error, holders]) => {
    if (error) throw error;
    return (holders as unknown[]).map(String);
  });
}

/** So many in one script: nobody else waits long for it, and a thousand are not a thousand commands. */
const AT_ONCE = 200;

// A cut connection sends a command again, so a bare SET NX may answer "taken" about our own claim.
// Comparing the holder in the same script makes the second sending a renewal.
const CLAIM_ALL = `
local holders = {}
for nth, key in ipairs(KEYS) do
  local wanted = ARGV[nth + 1]
  if redis.call('SET', key, wanted, 'NX', 'PX', ARGV[1]) then
    holders[nth] = wanted
  else
    holders[nth] = redis.call('GET', key)
    if holders[nth] == wanted then redis.call('PEXPIRE', key, ARGV[1]) end
  end
end
return holders`;

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
