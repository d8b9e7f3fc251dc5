import type { Charter } from '../charter/charter.ts';
import type { Block, Byline, Card, Span, Text } from '../chat/card.ts';
import { weekSays } from '../digest/card.ts';
import { figureSays, kpi } from '../scorecards/kpis.ts';
import { governingBlocks } from './governing.ts';
import type { Asking, Home, Managing } from './home.ts';
import { few, listed, spansOf } from './spans.ts';
import { yoursBlock } from './yours.ts';

/** One page for the person who opened it: what is urgent first, then what their roles are for, then what is for everybody. Pure. */
export function homeCard(home: Home): Card {
  const { by, asked, governing, managing, now } = home;
  const stopped = governing?.kills.length ?? 0;
  const title = headline(home);
  return {
    by,
    tone: stopped > 0 ? 'critical' : asked.length > 0 ? 'waiting' : 'neutral',
    title,
    blocks: [
      ...(governing ? governingBlocks(governing, askedBlocks(asked)) : askedBlocks(asked)),
      ...(managing ? [divider, ...managingBlocks(managing)] : []),
      ...(governing || managing || asked.length > 0 ? [divider] : []),
      ...offers(home.charters),
      yoursBlock(home.yours),
      { kind: 'text', text: [{ bold: 'How to ask' }, '\n', howToAsk] },
      { kind: 'context', text: ['As of ', { time: now }, '. Open it again for what is newer.'] },
    ],
    fallback: title,
  };
}

const divider: Block = { kind: 'divider' };

const howToAsk =
  '"@Roster what is happening with checkout?", "@Roster why?" in the thread of an incident, "@Roster rex, what changed since 14:00?". Something is broken: /roster declare. Every word it knows: /roster help. In Teams write @Roster in place of /roster.';

function headline({ asked, governing }: Home): string {
  const stopped = governing?.kills.some(({ scope }) => scope === 'all');
  const waiting = asked.length === 0 ? 'Nothing waits for you' : `${asked.length} waiting for your decision`;
  return stopped ? `All workers are stopped. ${waiting}` : waiting;
}

function askedBlocks(asked: Asking[]): Block[] {
  if (asked.length === 0) return [];
  const lines = asked.map(
    ({ what, risk, until, link }): Text => [
      `${what}, ${risk} risk, until `,
      { time: until },
      ...(link ? ['. ', { link, text: 'Read it and decide' }] : [': decide in the channel of approvals']),
    ],
  );
  return [
    { kind: 'text', text: [{ bold: `Yours to decide (${asked.length})` }, ...listed(lines, 6)] },
    ...(asked.length > 6 ? [{ kind: 'context' as const, text: 'All of them: /roster approvals' }] : []),
  ];
}

function managingBlocks({ weeks: { last, current }, currency, deciding, digest }: Managing): Block[] {
  const spanOf = ({ period, timezone }: typeof last) =>
    weekSays({ from: period.from.toISOString(), to: period.to.toISOString(), timezone });
  const fields = last.figures.map((figure): [string, Text] => {
    const now = current.figures.find((one) => one.kpi === figure.kpi);
    const told = figureSays(figure, currency);
    const sofar = now ? `\nThis week so far: ${figureSays(now, currency)}` : '';
    return [kpi(figure.kpi).says, [figure.value === null ? told : { bold: told }, sofar]];
  });
  const head: Span[] = [{ bold: `Figures of ${spanOf(last)}` }, ', and of this week so far'];
  return [
    { kind: 'text', text: head },
    { kind: 'fields', fields },
    ...(deciding.length > 0
      ? [
          {
            kind: 'text' as const,
            text: [
              { bold: `Waits for somebody to decide or do (${deciding.length})` },
              ...listed(deciding, 6),
            ],
          },
        ]
      : []),
    {
      kind: 'context',
      text: digest
        ? [{ link: digest, text: 'The last digest' }, ' has the rest, or /roster digest.']
        : 'The rest: /roster digest.',
    },
  ];
}

const mostOffers = 6;

/** What each worker is for, may do alone and asks for, as its charter in force says. */
function offers(charters: Charter[]): Block[] {
  const more = charters.length - mostOffers;
  const each = charters.slice(0, mostOffers).map(offer);
  const text = each.flatMap((one): Span[] => ['\n', ...spansOf(one)]);
  return [
    { kind: 'text', text: [{ bold: 'What the workers do' }, ...text] },
    ...(more > 0 ? [{ kind: 'context' as const, text: `And ${more} more: /roster fleet names them.` }] : []),
  ];
}

function offer({ name, role, purpose, authority }: Charter): Text {
  const alone = [...authority.autonomous, ...authority.notify];
  const words = (tools: string[]) =>
    few(
      tools.map((one) => one.replaceAll('-', ' ')),
      4,
    );
  const may = [
    ...(alone.length > 0 ? [`Alone: ${words(alone)}.`] : []),
    ...(authority.ask.length > 0 ? [`Asks for: ${words(authority.ask)}.`] : []),
    ...(alone.length + authority.ask.length === 0 ? ['Changes nothing.'] : []),
  ];
  return [{ bold: name }, ` (${role}): ${firstWords(purpose.objective)} ${may.join(' ')}`];
}

const mostLetters = 170;

/** The first sentence, on one line, cut between words. */
function firstWords(objective: string): string {
  const [first = objective] = objective.trim().split(/(?<=[.!?])\s/);
  const line = first.replaceAll(/\s+/g, ' ');
  return line.length <= mostLetters ? line : `${line.slice(0, mostLetters).replace(/,? \S*$/, '')} …`;
}

/** The page of somebody who may see nothing of the site, and why. Pure. */
export function strangerCard(by: Byline, because: Text): Card {
  const title = 'Roster cannot show you anything yet';
  return { by, tone: 'neutral', title, blocks: [{ kind: 'text', text: because }], fallback: title };
}

/** How somebody whom nobody linked becomes known. Pure. */
export function howToBeKnown(account: string): string {
  return `Roster does not know you yet: ask your administrator to add ${account} to your accounts in manifests/people.yaml.`;
}
