import { type Logger, LogLevel, webApi } from '@slack/bolt';

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

interface Site {
  botToken: string;
  /** Where the Web API is, when not at slack.com; ends in `/api/`. */
  apiUrl?: string;
  log: Log;
}

/** What every client of ours is opened with: it gives up after 10 s and never repeats a call by itself. */
export function clientOptions({ apiUrl, log }: Omit<Site, 'botToken'>): webApi.WebClientOptions {
  return {
    ...(apiUrl && { slackApiUrl: apiUrl }),
    logger: quietLogger(log),
    // A repeated post is a double post: only the sender may repeat, and only what Slack certainly did not take.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 10_000,
  };
}

/** A client of Slack's Web API with which the sender posts. */
export function openSlackClient(site: Site): webApi.WebClient {
  return new webApi.WebClient(site.botToken, clientOptions(site));
}

/** What Slack's libraries log, without payloads (which are debug) and without secrets. */
export function quietLogger(log: Log): Logger {
  const write =
    (line: (message: string) => void) =>
    (...words: unknown[]) =>
      line(withoutSecrets(`Slack: ${words.map(say).join(' ')}`));
  return {
    debug: () => {},
    info: write(log.info),
    warn: write(log.warn),
    error: write(log.error),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

/** The sentence of anything thrown, fit for a log. */
export function say(thrown: unknown): string {
  return withoutSecrets(thrown instanceof Error ? thrown.message : String(thrown));
}

/** Slack's name for a refusal, such as `not_in_channel`; undefined when it was something else. */
export function refusal(thrown: unknown): string | undefined {
  return thrown instanceof webApi.WebAPIPlatformError ? thrown.data.error : undefined;
}

function withoutSecrets(text: string): string {
  return text.replace(/\bx(?:ox[a-z]|app)-[\w.-]+/g, '[token]').replace(/\bwss?:\/\/\S+/g, '[socket]');
}
