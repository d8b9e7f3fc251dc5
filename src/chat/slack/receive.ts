import { setTimeout as wait } from 'node:timers/promises';
import { type App, type ReceiverEvent, SocketModeReceiver } from '@slack/bolt';
import { type Log, quietLogger, say } from './client.ts';

interface Site {
  appToken: string;
  apiUrl?: string;
  log: Log;
}

const stubborn = { forever: true, factor: 1.5, minTimeout: 500, maxTimeout: 10_000, unref: true };

type Process = (event: ReceiverEvent) => Promise<void>;

export interface Deliveries {
  /** Nothing goes through once finishing: such a delivery is left unacknowledged. */
  through(process: Process): Process;
  finishing(): boolean;
  /** Waits until what is under way is done, 10 s at most. */
  finish(): Promise<void>;
}

/**
 * Bolt acknowledges an event before its listeners run. Here the acknowledgement of an event waits for them,
 * and is never sent when one threw; clicks, forms and commands acknowledge in their listeners.
 */
export function holdAcknowledgements(): Deliveries {
  const underWay = new Set<Promise<void>>();
  let finishing = false;
  const through =
    (process: Process): Process =>
    async (event) => {
      if (finishing) return;
      const work = event.body.type === 'event_callback' ? afterwards(process, event) : process(event);
      underWay.add(work);
      await work.finally(() => underWay.delete(work));
    };
  const finish = async () => {
    finishing = true;
    await Promise.race([Promise.allSettled(underWay), wait(10_000, undefined, { ref: false })]);
  };
  return { through, finishing: () => finishing, finish };
}

async function afterwards(process: Process, event: ReceiverEvent): Promise<void> {
  const held: unknown[] = [];
  await process({ ...event, ack: async (answer) => void held.push(answer) });
  if (held.length > 0) await event.ack(held[0]);
}

/** Socket Mode, with every delivery going `through` something on its way to the app. */
export function openSocketReceiver(
  { appToken, apiUrl, log }: Site,
  through: (process: Process) => Process,
): SocketModeReceiver {
  const receiver = new SocketModeReceiver({
    appToken,
    logger: quietLogger(log),
    // The way back in after a lost connection must not give up, however long Slack is away.
    installerOptions: { clientOptions: { ...(apiUrl && { slackApiUrl: apiUrl }), retryConfig: stubborn } },
    processEventErrorHandler: async ({ error }) => {
      log.error(`A delivery from Slack was not acknowledged, because its handling failed: ${say(error)}`);
      return false;
    },
  });
  const init = receiver.init.bind(receiver);
  receiver.init = (app) => init({ processEvent: through((event) => app.processEvent(event)) } as App);
  return receiver;
}

/**
 * Once connected, says when the connection goes and comes. Bolt lets a refused reconnection reject unhandled,
 * which would end the process: here it is said, and tried again until `stopping`.
 */
export function keepConnecting({ client }: SocketModeReceiver, log: Log, stopping: AbortSignal): void {
  let lost = false;
  client.on('close', () => {
    if (!lost && !stopping.aborted) log.info('The connection to Slack was closed: connecting again.');
    lost = true;
  });
  client.on('connected', () => {
    if (lost) log.info('Connected to Slack again.');
    lost = false;
  });
  const connect = client.start.bind(client);
  client.start = async () => {
    while (!stopping.aborted) {
      try {
        return await connect();
      } catch (error) {
        log.error(
          `Slack refuses the connection by which Roster hears (${say(error)}). Trying again in 30 s.`,
        );
        await wait(30_000, undefined, { signal: stopping, ref: false }).catch(() => {});
      }
    }
    return await new Promise<never>(() => {});
  };
}

/** Closes the socket; Bolt does not say when a broken one is closed, so no longer than 2 s. */
export async function disconnect({ client }: SocketModeReceiver): Promise<void> {
  await Promise.race([client.disconnect(), wait(2_000, undefined, { ref: false })]);
}
