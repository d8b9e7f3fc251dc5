import { webApi } from '@slack/bolt';
import type { Log } from './client.ts';

/** Waits out a rate limit, which means Slack did not take the call; anything else is the caller's to judge. */
export async function patiently<T>(work: () => Promise<T>, log: Log): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof webApi.WebAPIRateLimitedError) || tries === 4 || error.retryAfter > 60)
        throw error;
      log.info(`Slack asks to wait ${error.retryAfter} s before the next call.`);
      await new Promise((resolve) => setTimeout(resolve, error.retryAfter * 1_000));
    }
  }
}

/** Asked once; a failure is not remembered. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().catch((error) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}
