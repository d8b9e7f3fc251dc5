import type { LogLine, Loki } from '../../systems/loki/read.ts';
import { collected, type Found } from './gathered.ts';

const most = 200;

/** Error log lines of these services between two times, newest first. */
export function errors(loki: Loki, services: string[], from: Date, to: Date): Promise<Found<LogLine>> {
  return collected('Error logs', `{app=…, level="error"} of ${services.join(', ')}`, async () => {
    const asked = services.map((app) => loki.queryRange(`{app="${app}", level="error"}`, from, to, most));
    const items = (await Promise.all(asked)).flat().sort((a, b) => b.at.getTime() - a.at.getTime());
    const newest = items[0]?.line.slice(0, 160);
    return { items, found: newest ? `${items.length} error lines, the newest: ${newest}` : 'no error lines' };
  });
}
