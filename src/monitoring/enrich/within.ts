/** What a source said, or one sentence why it said nothing. */
export type Told<T> = { kind: 'told'; told: T } | { kind: 'missing'; because: string };

/** Asks a source and waits `patienceMs` at most. Never throws: a source that is down or slow is something to tell. */
export async function within<T>(patienceMs: number, source: string, ask: () => Promise<T>): Promise<Told<T>> {
  const late = Promise.withResolvers<never>();
  const because = `${source} did not answer within ${patienceMs / 1_000} s`;
  const timer = setTimeout(() => late.reject(new Error(because)), patienceMs);
  try {
    return { kind: 'told', told: await Promise.race([ask(), late.promise]) };
  } catch (error) {
    return { kind: 'missing', because: sentence(error instanceof Error ? error.message : String(error)) };
  } finally {
    clearTimeout(timer);
  }
}

/** One line that ends in a full stop. */
function sentence(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().slice(0, 300);
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}
