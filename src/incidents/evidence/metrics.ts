import type { Monitor } from '../../monitoring/monitor.ts';
import { brief, isUsual, type Reading } from '../../monitoring/reading.ts';
import { type About, collected, type Found } from './gathered.ts';

/** The metrics of these services and servers beside what is usual now. */
export function metrics(monitor: Monitor, subjects: string[], about: About): Promise<Found<Reading>> {
  const query = `all metrics of ${subjects.join(', ')}`;
  return collected({ ...about, source: 'Metrics', query }, async () => {
    const { readings, missing } = await monitor.scrape(about.now);
    if (readings.length === 0) throw new Error(missing.join('; ') || 'no series answered');
    const items = readings.filter(({ subject }) => subjects.includes(subject));
    const unusual = items.filter((one) => !isUsual(one)).sort((a, b) => b.z - a.z);
    const told = unusual.slice(0, 4).map(({ says, subject, unit, value, mean, z }) => {
      return `${says} of ${subject} ${brief(value)} ${unit}, usually ${brief(mean)} (${z.toFixed(0)} σ)`;
    });
    const found = told.length > 0 ? told.join('; ') : `all ${items.length} series are usual`;
    return { items, found: missing.length > 0 ? `${found} (${missing.join('; ')})` : found };
  });
}
