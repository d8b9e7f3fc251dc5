import type { Block, Card, Text, Tone } from '../chat/card.ts';
import type { PersonId } from '../ids.ts';
import { duration } from '../monitoring/duration.ts';
import { mentions, type Told } from './card.ts';
import type { Asks, Logged } from './incident.ts';

/** Nobody has taken it: who is asked now, by name; everybody again when the list has ended. */
export function unansweredCard(
  told: Told,
  { person, afterMs }: Extract<Logged, { kind: 'unanswered' }>['facts'],
): Card {
  const { by, incident, asks } = told;
  const title = `Nobody has taken ${incident.id} in ${duration(Math.round(afterMs / 1_000))}`;
  const follows = person
    ? ' you are next on the list. "I\'ve got it" takes it.'
    : ' everybody on the list was asked. Nobody else is asked by name; the metrics are watched.';
  const text: Text = [...mentions(person ? [person] : asks), follows];
  const blocks: Block[] = [{ kind: 'text', text }];
  return { by, tone: 'critical', title, blocks, fallback: [...text, ` ${title}.`] };
}

/** Who is asked: the usual, and whom routing names besides, each once; by a person's word those alone. */
export function asking(
  { by, asks, withRole }: Told,
  tone: Tone,
  title: string,
  { because, asks: more, by: person }: { because: string; asks?: Asks; by?: PersonId },
): Card {
  const named = more ? [...withRole(more.roles), ...more.people] : [];
  const all = [...new Set(person ? named : [...asks, ...named])];
  const text: Text = [
    ...mentions(all),
    ...(person ? [' asked by ', { person }, `: ${because}`] : [` ${because}`]),
  ];
  return {
    by,
    tone,
    title,
    blocks: [{ kind: 'text', text }],
    fallback: [...mentions(all), ` ${title}: ${because}`],
  };
}
