// The command line's digest: any stretch of days on one page, with its picture, or as JSON.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bylineOf } from './charter/byline.ts';
import { digestCard } from './digest/card.ts';
import { trendAlt, trendOf } from './digest/chart.ts';
import { type Written, weekAt, writtenShape } from './digest/digest.ts';
import { markdownOf } from './digest/markdown.ts';
import { fernwood } from './estate/company.ts';
import type { PictureId } from './ids.ts';
import { dayIn, lastOccasion } from './jobs/occasion.ts';
import { readInventory, readManifests } from './manifests.ts';
import { openDrawing } from './monitoring/chart/picture.ts';
import { namesOf } from './named.ts';
import type { Period } from './scorecards/facts.ts';
import { type Given, type Said, textOf, type Verb, wrong } from './verb.ts';

export const digestVerb: Verb = {
  name: 'digest',
  does: 'any days on one page for managers: figures, trend, decisions; with its picture',
  help: `Usage: npm run roster -- digest [--from DAY] [--to DAY] [--png FILE] [--out FOLDER]

  --from, --to         days such as 2026-11-16, both whole, by the clocks that reporting.yaml names; the last week told
                       unless said
  --png FILE           where to draw the trend
  --out FOLDER         writes digest.md, digest.json and, where two weeks say something, digest.png there

Prints the page as Markdown, with --json everything it is made of. It is reckoned from the rows as they are now; what
was told in chat stays as it was. Charters' targets and the rows are the database's, settings and inventory the files'.

Exit code 1 when something ran against the rules.`,
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    png: { type: 'string' },
    out: { type: 'string' },
  },
  run: async (given) => {
    if (given.rest.length > 0) return wrong(`digest takes options only, not ${given.rest.join(' ')}.`);
    const { reporting, charters, folder } = readManifests(given.manifests());
    const now = new Date();
    const asked = daysOf(given, reporting.digest.timezone) ?? weekAt(reporting, now).week;
    if (typeof asked === 'string') return wrong(asked);
    const inventory = given.settings().site.kind === 'real' ? readInventory(folder) : fernwood;
    const day = dayIn(reporting.digest.timezone, new Date(asked.to.getTime() - 1));
    const body = { day, from: asked.from.toISOString(), to: asked.to.toISOString(), reporting, inventory };
    return given.ask(['/operator/digest', body], async (answer) => {
      if (answer.kind === 'wrong') return wrong(answer.because);
      if (answer.kind === 'text')
        throw new Error('The running app answered with something else than a digest.');
      const written = writtenShape.parse(answer.value);
      const [charter] = charters;
      if (!charter) return wrong('There is no charter in manifests/workers.');
      const by = bylineOf(charter);
      return await told(given, written, { by, personHour: reporting.value.person_hour });
    });
  },
};

/** Undefined: none was named. A sentence when they cannot be read. */
function daysOf(given: Given, timezone: string): Period | string | undefined {
  const [from, to] = [textOf(given, 'from'), textOf(given, 'to')];
  if (!from && !to) return undefined;
  if (!from || !to) return 'digest needs both --from and --to, or neither.';
  const [start, last] = [midnight(from, timezone, 0), midnight(to, timezone, 1)];
  if (!start || !last) return `${start ? to : from} is no day: wanted one such as 2026-11-16.`;
  return start < last ? { from: start, to: last } : '--from must not lie after --to.';
}

/** The beginning of a day, or of one so many days later, by the clocks of a zone. */
function midnight(day: string, timezone: string, later: number): Date | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)?.map(Number) ?? [];
  if (!year || !month || !date) return undefined;
  const noon = new Date(Date.UTC(year, month - 1, date + later, 12));
  const isDay = new Date(Date.UTC(year, month - 1, date)).getUTCDate() === date;
  if (!isDay) return undefined;
  const cron = `0 0 ${noon.getUTCDate()} ${noon.getUTCMonth() + 1} *`;
  return lastOccasion({ cron, timezone }, new Date(noon.getTime() + 86_400_000));
}

async function told(
  given: Given,
  written: Written,
  shown: Pick<Parameters<typeof digestCard>[0], 'by' | 'personHour'>,
): Promise<Said> {
  const out = textOf(given, 'out');
  const png = textOf(given, 'png') ?? (out && join(out, 'digest.png'));
  const code = written.violations.length > 0 ? 1 : 0;
  if (out) mkdirSync(out, { recursive: true });
  const drawn = png ? await draw(written, png) : false;
  const picture = drawn && { id: '' as PictureId, alt: trendAlt(written) };
  const card = digestCard({ ...shown, digest: { ...written, picture: picture || null }, open: [] });
  const file = drawn ? (out ? 'digest.png' : png) : undefined;
  const text = markdownOf(card, { nameOf: namesOf(given), picture: file, timezone: written.timezone });
  const json = JSON.stringify(written, null, given.values.json ? 0 : 2);
  if (out) {
    writeFileSync(join(out, 'digest.md'), text);
    writeFileSync(join(out, 'digest.json'), `${json}\n`);
    return { code, text: given.values.json ? json : `Written to ${resolve(out)}.` };
  }
  const without = png && !drawn ? '\nNo picture: fewer than two weeks say something.' : '';
  return { code, text: given.values.json ? json : `${text.trimEnd()}${without}` };
}

async function draw(written: Written, file: string): Promise<boolean> {
  const spec = trendOf(written);
  if (!spec) return false;
  const drawing = openDrawing();
  try {
    writeFileSync(file, await drawing.plot(spec));
    return true;
  } finally {
    await drawing.close();
  }
}
