import type { By } from '../audit/entry.ts';
import type { Notes } from '../audit/notes.ts';
import type { Card } from '../chat/card.ts';
import type { Asked } from './asked.ts';
import { type Desk, tell } from './tell.ts';

/** What `/roster` knows, in the order its help lists it. */
export interface Command {
  word: string;
  says: string;
  /** Nothing stands before it: answered first and noted afterwards, and answered even when it cannot be noted. */
  first?: true;
  /** Answers the asker alone; `rest` are the words after the command. */
  answer(desk: Desk, rest: string): Promise<Card>;
}

const reads = (word: string, says: string, asked: Asked): Command => ({
  word,
  says,
  answer: (desk) => tell(desk, asked),
});

/** The commands everyone has; the trial adds its own. */
export const commands: Command[] = [
  reads('status', 'who is on shift and what is open', { about: 'status' }),
  reads('incidents', 'what is open now', { about: 'incidents' }),
  reads('approvals', 'what waits for a decision', { about: 'approvals' }),
  reads('standup', 'done, next, blocked, needs you; join to be asked for yours, leave to end that', {
    about: 'standup',
  }),
];

/** Answers a command; an unknown one gets the help. Every answer is noted in the audit. */
export async function command(
  desk: Desk,
  known: Command[],
  text: string,
  { notes, by }: { notes: Notes; by: By },
): Promise<Card> {
  const [word = '', ...rest] = text.trim().split(/\s+/);
  const found = known.find((one) => one.word === word.toLowerCase());
  const note = () => notes.note({ kind: 'command.answered', by, facts: { command: found?.word ?? 'help' } });
  if (found?.first) {
    const card = await found.answer(desk, rest.join(' '));
    note().catch(() => {});
    return card;
  }
  await note();
  if (found) return found.answer(desk, rest.join(' '));
  return help(desk, known, word);
}

/** Whether these words begin with a command, as in a mention they may. */
export function isCommand(known: Command[], text: string): boolean {
  const [word = ''] = text.trim().split(/\s+/);
  return ['help', ...known.map((one) => one.word)].includes(word.toLowerCase());
}

/** The first card a channel sees: who is on shift, what waits for a decision, every command. */
export function introduction({ by, shift }: Desk, known: Command[], waiting: string[]): Card {
  const title = `${by.name} is on shift here`;
  const heading =
    waiting.length === 0 ? 'Nothing waits for a decision' : `${waiting.length} waiting for a decision`;
  return {
    by,
    tone: waiting.length === 0 ? 'neutral' : 'waiting',
    title,
    blocks: [
      { kind: 'text', text: shift },
      { kind: 'text', text: [{ bold: heading }, ...waiting.map((one) => `\n${one}`)] },
      { kind: 'text', text: linesOf(known) },
      {
        kind: 'context',
        text: 'Type /roster and one of these in Slack, or mention @Roster and one of these anywhere.',
      },
    ],
    fallback: title,
  };
}

function linesOf(known: Command[]): string {
  return known.map(({ word: name, says }) => `${name}: ${says}`).join('\n');
}

function help({ by }: Desk, known: Command[], word: string): Card {
  const asked = word !== '' && word !== 'help';
  const title = asked ? `There is no /roster ${word.slice(0, 20)}` : 'What /roster knows';
  const blocks = [
    { kind: 'text' as const, text: linesOf(known) },
    {
      kind: 'context' as const,
      text: `Type /roster and one of these in Slack, or mention @Roster and one of these anywhere. "@Roster what is happening with checkout?" ${by.name} answers from the record.`,
    },
  ];
  return { by, tone: 'neutral', title, blocks, fallback: title };
}
