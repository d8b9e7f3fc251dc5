import type { Byline, Card, Span, Text } from '../chat/card.ts';
import type { IncidentId, PersonId } from '../ids.ts';
import { mentions, type Told } from './card.ts';
import { plain } from './diagnosis-card.ts';
import type { Steered } from './incident.ts';
import { whither } from './redirect.ts';

/** A person's word on an incident, and what follows, as a post of its thread. */
export function steeredCard(told: Told, entry: Steered): Card {
  const { by } = told;
  const said = (title: string, follows: string) => saidBy(by, title, entry.facts.person, follows);
  switch (entry.kind) {
    case 'declared':
      return said('Declared', `They say: ${entry.facts.what}`);
    case 'resolved':
      return said('Over, by a person’s word', 'I write the post-mortem.');
    case 'severity':
      return severityCard(by, entry.facts);
    case 'reopened':
      return said('Opened again', `${entry.facts.why} I look into it afresh.`);
    case 'merged':
      return joined(told, `Merged into ${entry.facts.into}`, entry.facts.into, entry.facts.person);
    case 'took-in':
      return joined(
        told,
        `${entry.facts.from} is part of this`,
        entry.facts.from,
        entry.facts.person,
        `${counted(entry.facts.signals)} of it came here.`,
      );
    case 'split-off':
      return joined(
        told,
        `${entry.facts.where} is ${entry.facts.to} now`,
        entry.facts.to,
        entry.facts.person,
        `${counted(entry.facts.signals)} went there.`,
      );
    case 'split':
      return joined(
        told,
        `${entry.facts.where} is apart from ${entry.facts.from}`,
        entry.facts.from,
        entry.facts.person,
        `${counted(entry.facts.signals)} came from there. I look into it by itself.`,
      );
    case 'taken':
      return plain(by, 'warning', 'Taken over', [
        {
          kind: 'text',
          text: [{ person: entry.facts.person }, ' has it. I change nothing more here and keep watching.'],
        },
      ]);
    case 'handed-back':
      return said('Handed back', 'I look into it afresh.');
    case 'false-alarm':
      return plain(by, 'neutral', 'False alarm', [
        { kind: 'text', text: ['Called off by ', { person: entry.facts.person }, '.'] },
      ]);
    case 'paused':
      return said('Paused', 'Nothing new begins until it is resumed; I keep watching.');
    case 'resumed':
      return said('Resumed', 'I go on where I was.');
    case 'skipped':
      return said(`Step ${entry.facts.step + 1} skipped`, `${entry.facts.what} is left out.`);
    case 'wrong-cause':
      return said('Wrong cause', entry.facts.why);
    case 'chosen':
      return said('Another cause', `${entry.facts.says}. ${entry.facts.plan}`);
    case 'redirected':
      return said('Looking elsewhere', whither(entry.facts));
  }
}

/** How bad it is now, and who is told because of that. */
function severityCard(
  by: Byline,
  { person, from, to, stakes, tell }: Extract<Steered, { kind: 'severity' }>['facts'],
): Card {
  const told: Span[] = tell.length > 0 ? [...mentions(tell), ' for your information. '] : [];
  const title = `SEV${to} from here on`;
  const text: Text = [...told, 'By ', { person }, `, SEV${from} before. ${stakes}`];
  return { ...plain(by, 'warning', title, [{ kind: 'text', text }]), fallback: [...told, title] };
}

/** Two incidents that belong together or apart, each naming the other, with the way there. */
function joined(
  { by, linkTo }: Told,
  title: string,
  other: IncidentId,
  person: PersonId,
  follows = '',
): Card {
  const url = linkTo(other);
  const there: Span = url ? { link: url, text: other } : other;
  const text: Text = ['By ', { person }, `. ${follows}${follows ? ' ' : ''}The other: `, there, '.'];
  return plain(by, 'warning', title, [{ kind: 'text', text }]);
}

function counted(signals: number): string {
  return `${signals} ${signals === 1 ? 'signal' : 'signals'}`;
}

/** What a person had done, and what follows. */
function saidBy(by: Byline, title: string, person: PersonId, follows: string): Card {
  return plain(by, 'warning', title, [{ kind: 'text', text: ['By ', { person }, `. ${follows}`] }]);
}
