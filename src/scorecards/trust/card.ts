import type { Block, Byline, Card } from '../../chat/card.ts';
import type { Finding, Habits } from '../habits.ts';
import type { Reporting } from '../reporting.ts';
import { noteDays } from './note.ts';

interface Around {
  by: Byline;
  reporting: Reporting;
  /** They want no notes. */
  off: boolean;
}

/**
 * How somebody decides, for that person alone. What a phone or a list of messages shows of it, its title and its
 * notification, has no number. Pure.
 */
export function habitsCard(habits: Habits, { by, reporting, off }: Around): Card {
  const title = 'How you decide';
  const lines = linesOf(habits, reporting);
  const context = `Only you are shown this: it stands in no digest, figure or log. ${notesSay(reporting, off)}`;
  return {
    by,
    tone: 'neutral',
    title,
    blocks: [...lines.map((text): Block => ({ kind: 'text', text })), { kind: 'context', text: context }],
    fallback: 'A note for you alone, on how you decide.',
  };
}

function notesSay({ habits }: Reporting, off: boolean): string {
  if (habits.told === 'off') return 'No notes come by themselves: /roster habits shows it at any time.';
  if (off) return 'No notes come to you: "/roster habits on" lets them come again.';
  return 'A note comes once a month, and only when there is something to say: "/roster habits off" ends that.';
}

function linesOf(habits: Habits, reporting: Reporting): string[] {
  const { decided, found } = habits;
  const least = reporting.minimum.approvals;
  if (decided < least)
    return [`Not enough data: ${decided} of ${least} decisions in the last ${noteDays} days.`];
  const [one] = found;
  return one
    ? finding[one](habits, reporting)
    : [plain(habits, reporting), 'There is nothing to say about it.'];
}

const finding: Record<Finding, (habits: Habits, reporting: Reporting) => string[]> = {
  'rubber-stamping': (habits, { habits: { seconds } }) => [
    `${timesOf(habits.quick, habits.decided)} of your ${habits.decided} decisions of the last ${noteDays} days came within ${seconds} s of the question, ${yesSays(habits)}. ${badlySays(habits)}`,
    'You answer fast, and nobody waits for you: thank you. A yes is worth most after a look, though: opening the evidence on the card first takes about a minute, and "Ask for more" keeps a question open while the record answers.',
    `${oftenSays(habits)}Where you never want to be asked, say so to a governor: what may run by itself is written in the worker's charter.`,
  ],
  'over-reviewing': (habits) => [
    `You said no to ${timesOf(1 - habits.yes, habits.decided)} of the ${habits.decided} you decided in the last ${noteDays} days, and asked for more on ${habits.enquired}. ${badlySays(habits)}`,
    'That care may well be right, and it costs you time. Where it is the same again and again, it can be handed on: what you would always allow can run by itself, and what you would never allow need not be asked at all. Both are lines under "authority" in the worker\'s charter, and a governor puts them forward with /roster adopt.',
    `${oftenSays(habits)}A reason with a no teaches the worker what to change, and a colleague with your role can take a share: whoever answers first decides.`,
  ],
};

function plain(habits: Habits, { habits: { seconds } }: Reporting): string {
  const { decided, quick, enquired } = habits;
  return `${decided} decisions in the last ${noteDays} days: ${yesSays(habits)}, half of them within ${lasted(habits.seconds)}, ${timesOf(quick, decided)} within ${seconds} s; you asked for more on ${enquired}. ${badlySays(habits)}`;
}

function yesSays({ yes, decided }: Habits): string {
  const times = timesOf(yes, decided);
  return times === decided ? 'all of them yes' : `${times} of ${decided} were yes`;
}

function badlySays({ regretted }: Habits): string {
  if (regretted.length === 0) return 'Nothing that you approved turned out badly.';
  const shown = regretted.slice(0, 5).join(', ');
  return `${regretted.length} of what you approved turned out badly: ${shown}${regretted.length > 5 ? ' and more' : ''}.`;
}

function oftenSays({ often: [most] }: Habits): string {
  return most ? `Most often it was: ${most.what} (${most.times} times). ` : '';
}

/** A share as the count it was reckoned from. */
function timesOf(share: number, of: number): number {
  return Math.round(share * of);
}

function lasted(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
