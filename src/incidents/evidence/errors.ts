import { withoutSecrets } from '../../models/secrets.ts';
import { errorLogs, logLines } from '../../monitoring/enrich/logs.ts';
import type { LogLine, Loki } from '../../systems/loki/read.ts';
import { type About, collected, type Found } from './gathered.ts';

/** Error lines of these services from 15 min before the onset on, told by what they say: those that are new since the hour before first. */
export function errors(loki: Loki, services: string[], about: About): Promise<Found<LogLine>> {
  const { onset, now } = about;
  const range = { from: new Date(onset.getTime() - 15 * 60_000), to: now };
  const query = `{app=…, level="error"} of ${services.join(', ')}`;
  return collected({ ...about, source: 'Error logs', query, range }, async () => {
    const { lines, groups, notes } = await errorLogs(loki, services, onset, now);
    if (lines.length === 0) return { items: [], found: 'no error lines', nothing: true };
    const count = `${lines.length} error line${lines.length === 1 ? '' : 's'}`;
    return {
      items: await cleaned(lines),
      found: [`${count}: ${(await logLines(groups)).join('; ')}`, ...notes].join(' '),
    };
  });
}

/** The same lines without their secrets: they are kept with the incident. At once, as each look costs as much as a long one. */
async function cleaned(lines: LogLine[]): Promise<LogLine[]> {
  const whole = await withoutSecrets(lines.map(({ line }) => line.replace(/[\r\n]+/g, ' ')).join('\n'));
  const texts = whole.split('\n');
  // A key over several lines is taken out as one: then each line is looked at by itself.
  if (texts.length === lines.length) return lines.map((one, place) => ({ ...one, line: texts[place] ?? '' }));
  return Promise.all(lines.map(async (one) => ({ ...one, line: await withoutSecrets(one.line) })));
}
