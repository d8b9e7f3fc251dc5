import { type Trouble, traceLines, troubledSpans } from '../../monitoring/enrich/traces.ts';
import type { Jaeger } from '../../systems/jaeger/read.ts';
import { type About, collected, type Found } from './gathered.ts';

/** It was unusual for some cycles before it was raised. */
const cyclesBack = 5;

/** What fails and what is slow in the requests through these services since shortly before the onset, the deepest first. */
export function traces(
  jaeger: Jaeger | undefined,
  services: string[],
  about: About,
): Promise<Found<Trouble>> {
  const { onset, now, cycleMs } = about;
  const range = { from: new Date(onset.getTime() - cyclesBack * cycleMs), to: now };
  const query = `requests through ${services.join(', ')}`;
  return collected({ ...about, source: 'Traces', query, range }, async () => {
    if (!jaeger) throw new Error('no Jaeger is connected.');
    const { troubles, seen } = await troubledSpans(jaeger, services, range.from, now);
    if (seen === 0) throw new Error('Jaeger has no traces of this time.');
    if (troubles.length === 0)
      return { items: [], found: `nothing fails or is slow in ${seen} spans`, nothing: true };
    return { items: troubles, found: traceLines(troubles).join('; ') };
  });
}
