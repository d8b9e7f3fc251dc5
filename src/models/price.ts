import { z } from 'zod';
import type { Usage } from './model.ts';

const perMillion = z.number().positive();

/** What a million tokens cost, in whole units of the currency that the policy's budgets are in. */
const price = z.strictObject({
  input: perMillion,
  output: perMillion,
  cache_write: perMillion,
  cache_read: perMillion,
});

export type Price = z.infer<typeof price>;

/** `manifests/models.yaml`: a price for every model that may be asked. */
export const pricesSchema = z.strictObject({ prices: z.record(z.string().min(1), price) });

export type Prices = z.infer<typeof pricesSchema>['prices'];

/** What was used costs, in hundredths of the currency, rounded up. Pure. */
export function costOf({ input, output, cacheRead, cacheWrite }: Usage, of: Price): number {
  const millionths =
    input * of.input + output * of.output + cacheRead * of.cache_read + cacheWrite * of.cache_write;
  // Without the rounding to whole millionths 1.1 × 3 would cost a cent more than it does.
  return Math.ceil(Math.round(millionths) / 10_000);
}

/** All tokens of a call, however they were charged. */
export function tokensIn({ input, output, cacheRead, cacheWrite }: Usage): number {
  return input + output + cacheRead + cacheWrite;
}

/**
 * The most a call can use: no token is shorter than a byte of what is sent, all of it may be written to the cache,
 * and the answer is as long as it may be. `overhead` is what the provider adds of its own for tools.
 */
export function mostOf(sentBytes: number, maxTokens: number): Usage {
  return { input: 0, cacheRead: 0, cacheWrite: sentBytes + overhead, output: maxTokens };
}

const overhead = 1_000;
