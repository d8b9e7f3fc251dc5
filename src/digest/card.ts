import type { Block, Byline, Card, Span, Text } from '../chat/card.ts';
import type { IncidentId } from '../ids.ts';
import type { Figure } from '../scorecards/kpi.ts';
import { type Dimension, dimensions, reaches } from '../scorecards/kpi.ts';
import { figureSays, kpi, valueSays } from '../scorecards/kpis.ts';
import { maturitySays } from '../scorecards/maturity.ts';
import type { Digest } from './digest.ts';
import type { Open } from './to-decide.ts';

export interface Shown {
  digest: Digest;
  by: Byline;
  /** What waits for a decision now. */
  open: Open[];
  /** Minutes of an hour of a person's work are worth this, in the digest's currency. */
  personHour: number;
  /** Why more may come. */
  early?: string | undefined;
  /** Where its thread is, when this stands elsewhere. */
  rest?: string | undefined;
}

/** The first fields, outcomes before everything else. */
export const outcomes = ['mttr', 'alone', 'user-minutes', 'revenue-protected', 'hours-returned', 'cost'];
const mostReasons = 3;

/** A manager's week on one page. Pure. */
export function digestCard(shown: Shown): Card {
  const { digest, by, open, early } = shown;
  const { incidents } = digest;
  const title = `${weekSays(digest)}: ${headline(digest)}`;
  const quiet = incidents.all + incidents.falseAlarms === 0 && figure(digest, 'asked')?.value === 0;
  return {
    by,
    tone: digest.violations.length > 0 ? 'critical' : open.length > 0 ? 'waiting' : 'neutral',
    title,
    blocks: [
      ...(early ? [{ kind: 'text' as const, text: early }] : []),
      ...(quiet ? [] : body(shown)),
      ...deciding(open),
      { kind: 'context', text: footnote(shown) },
    ],
    fallback: open.length > 0 ? `${title}. ${open.length} to decide.` : title,
  };
}

function body({ digest, personHour }: Shown): Block[] {
  const { picture } = digest;
  const fields = outcomes.flatMap((id): [string, Text][] => {
    const found = figure(digest, id);
    return found ? [[kpi(id).says, outcome(digest, found, personHour)]] : [];
  });
  const lines: [string, Text[]][] = [
    ['Decisions', decisions(digest)],
    ['Escalations', [escalations(digest)]],
    ['Noise', [sentence(digest, ['posts', 'acted-upon', 'false-alarms'])]],
    ['Quality', [sentence(digest, ['first-attempt', 'decisions', 'effects', 'errors'])]],
    ['Rules', [rules(digest)]],
    ['Maturity', [maturitySays(digest.maturity)]],
  ];
  return [
    { kind: 'fields', fields },
    ...(picture ? [{ kind: 'picture' as const, picture: picture.id, alt: picture.alt }] : []),
    ...lines.map(
      ([name, said]): Block => ({ kind: 'text', text: [{ bold: `${name}: ` }, ...said.flatMap(spans)] }),
    ),
  ];
}

/** Of what time it tells, by its own clocks. Pure. */
export function weekSays({ from, to, timezone }: Pick<Digest, 'from' | 'to' | 'timezone'>): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, day: 'numeric', month: 'long' });
  const said = format.formatRange(new Date(from), new Date(Date.parse(to) - 1)).replaceAll(/\s/g, ' ');
  return said.replace(/^(\d+) – (\d+ )/, '$1–$2');
}

function headline({ incidents: { all, alone } }: Digest): string {
  if (all === 0) return 'a quiet week, no incident';
  return `${all} ${all === 1 ? 'incident' : 'incidents'}, ${alone} mended without a person`;
}

function outcome(digest: Digest, found: Figure, personHour: number): Text {
  const { currency } = digest;
  const worth =
    found.kpi === 'hours-returned' && found.value !== null
      ? [` (about ${valueSays({ unit: 'money' }, found.value * personHour, currency)})`]
      : [];
  const left = found.silent > 0 && found.value !== null ? [`, ${found.silent} incidents left out`] : [];
  const said = [...worth, wanted(found, currency), trend(digest, found), ...left].join('');
  return [{ bold: figureSays(found, currency) }, ...(said ? [said] : [])];
}

/** How it was before. */
function trend({ before, currency }: Digest, { kpi: id, value }: Figure): string {
  const was = before.find((one) => one.kpi === id)?.value ?? null;
  if (value === null || was === null) return '';
  return was === value ? ', as before' : `, was ${valueSays(kpi(id), was, currency)}`;
}

/** Whether its target is reached, and the target where it is not. */
function wanted(found: Figure, currency: string): string {
  const met = reaches(kpi(found.kpi), found);
  if (met === undefined || found.target === null) return '';
  if (met) return ' ✓';
  return ` ✗ wanted ${kpi(found.kpi).better === 'more' ? '≥' : '≤'} ${valueSays(kpi(found.kpi), found.target, currency)}`;
}

function decisions(digest: Digest): Text[] {
  const { rejected } = digest;
  const asked = figure(digest, 'asked')?.value ?? 0;
  if (asked === 0) return ['nobody was asked for one.'];
  const shown = rejected.slice(0, mostReasons);
  const more = rejected.length - shown.length;
  const head = `${asked} asked for; ${sentence(digest, ['approved', 'time-to-decide', 'lapsed'])}${notesSay(digest)}`;
  return [
    head,
    ...shown.map(({ what, incident, person, reason }): Text => {
      const where = incident ? ` (${incident})` : '';
      return [
        `\n• Rejected: ${what}${where}, by `,
        { person },
        reason ? `: “${reason}”` : ', without a reason',
      ];
    }),
    ...(more > 0 ? [`\n• and ${more} more rejected`] : []),
  ];
}

function notesSay({ habitsTold = 0 }: Digest): string {
  if (habitsTold === 0) return '';
  return ` ${habitsTold === 1 ? '1 person was' : `${habitsTold} people were`} told, alone, of how they decide.`;
}

function escalations(digest: Digest): string {
  const { escalated } = digest.incidents;
  if (escalated === 0) return `none; ${sentence(digest, ['under-escalation'])}`;
  return `${escalated}; ${sentence(digest, ['over-escalation', 'under-escalation'])}`;
}

function rules(digest: Digest): string {
  const { violations } = digest;
  const against =
    violations.length === 0
      ? 'nothing ran against them'
      : `${violations.length} deeds ran against them: ${violations.slice(0, 5).join(', ')}`;
  return `${against}; ${sentence(digest, ['audited', 'risks', 'turned-back'])}`;
}

/** Some figures as one sentence; those with too little to say are named together at its end. */
function sentence(digest: Digest, ids: string[]): string {
  const all = ids.flatMap((id) => figure(digest, id) ?? []);
  const said = all.filter(({ value }) => value !== null);
  const silent = all.filter(({ value }) => value === null).map(({ kpi: id }) => kpi(id).says.toLowerCase());
  const parts = said.map((one) => {
    const told = `${kpi(one.kpi).says.toLowerCase()} ${figureSays(one, digest.currency)}`;
    return `${told}${wanted(one, digest.currency)}`;
  });
  const lacking = silent.length > 0 ? [`not enough data for ${silent.join(', ')}`] : [];
  return `${[...parts, ...lacking].join(' · ')}.`;
}

function deciding(open: Open[]): Block[] {
  if (open.length === 0) return [];
  const head: Block = { kind: 'text', text: [{ bold: `Yours to decide (${open.length})` }] };
  const each = open
    .slice(0, 6)
    .flatMap(({ says, buttons }): Block[] => [
      { kind: 'text', text: says },
      ...(buttons.length > 0 ? [{ kind: 'buttons' as const, buttons }] : []),
    ]);
  const more = open.length - 6;
  return [
    { kind: 'divider' },
    head,
    ...each,
    ...(more > 0 ? [{ kind: 'context' as const, text: `and ${more} more: /roster approvals` }] : []),
  ];
}

function footnote({ digest: { timezone }, rest }: Shown): Text {
  const where: Span = rest ? { link: rest, text: 'The thread' } : 'The thread';
  return [
    `Whole days by the clocks of ${timezone}. `,
    where,
    ' has the rows behind every figure and the workers one by one; docs/formulas.md says how each is reckoned.',
  ];
}

/** How many rows are named behind one figure. */
export const rowsNamed = 5;

/** The rows behind the figures of one side, with links to incidents. Pure. */
export function rowsCard(
  { digest, by, side }: Pick<Shown, 'digest' | 'by'> & { side: Dimension },
  linkOf: (incident: IncidentId) => string | undefined,
): Card {
  const title = `${dimensions[side]}, ${weekSays(digest)}: behind the figures`;
  const own = digest.figures.filter((one) => kpi(one.kpi).dimension === side);
  const blocks = own.map((found): Block => {
    const { formula, says } = kpi(found.kpi);
    const shown = found.rows.slice(0, rowsNamed);
    const more = found.rows.length - shown.length;
    const rows = shown.flatMap((row, nth): Span[] => {
      const [incident = ''] = row.split(' ');
      const link = incident.startsWith('inc-') ? linkOf(incident as IncidentId) : undefined;
      return [...(nth > 0 ? [', '] : []), link ? { link, text: row } : row];
    });
    return {
      kind: 'text',
      text: [
        { bold: `${says}: ${figureSays(found, digest.currency)}` },
        ` = ${formula}. Of ${found.of}${rows.length > 0 ? ': ' : '.'}`,
        ...rows,
        ...(more > 0 ? [` and ${more} more`] : []),
      ],
    };
  });
  return { by, tone: 'neutral', title, blocks, fallback: title };
}

function figure({ figures }: Digest, id: string): Figure | undefined {
  return figures.find((one) => one.kpi === id);
}

const spans = (text: Text): Span[] => (typeof text === 'string' ? [text] : text);
