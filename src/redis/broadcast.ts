import { connection, orOneSentence } from './ioredis.ts';
import type { Broadcast } from './redis.ts';

/** For one process: its own subscribers are all there are. */
export function openOwnBroadcast(): Broadcast {
  const hearers: ((message: string) => void)[] = [];
  return {
    publish: async (message) => {
      for (const hear of hearers) hear(message);
      return true;
    },
    subscribe: (hear) => void hearers.push(hear),
    close: async () => void hearers.splice(0),
  };
}

/**
 * Through the Redis at `url`, on two connections that come back by themselves; what is said while one is away is
 * not said later. Throws one sentence when Redis does not answer now.
 */
export async function openRedisBroadcast(url: string, prefix = 'roster:'): Promise<Broadcast> {
  const own = openOwnBroadcast();
  // Left to itself the client subscribes again after a cut with a promise of which nobody hears when it fails.
  const ear = connection(url, '', { autoResubscribe: false, ...patient });
  const mouth = connection(url, '', nowOrNever);
  // Redis has one space of channels for all of its databases.
  const channel = `${prefix}${ear.options.db ?? 0}:broadcast`;
  ear.on('ready', () => ear.subscribe(channel).catch(() => {}));
  ear.on('message', (_, message: string) => void own.publish(message));
  const asked = orOneSentence(ear, new URL(url).host);
  mouth.on('error', () => {});
  const close = async () => {
    await own.close();
    ear.disconnect();
    mouth.disconnect();
  };
  try {
    await asked(ear.connect().then(() => ear.subscribe(channel)));
    await asked(mouth.connect());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    publish: async (message) => {
      // Redis tells this process too, if it can: what is heard twice does no harm.
      await own.publish(message);
      return mouth.publish(channel, message).then(
        () => true,
        () => false,
      );
    },
    subscribe: own.subscribe,
    close,
  };
}

/** A message that cannot be sent now must not be sent later, when it may not be true any more. */
const nowOrNever = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  commandTimeout: 1_000,
};

/** What is asked of a slow Redis is answered late; a line that was lost is noticed by the connection. */
const patient = {
  maxRetriesPerRequest: null,
  commandTimeout: undefined,
  retryStrategy: (times: number) => Math.min(times * 50, 500),
};
