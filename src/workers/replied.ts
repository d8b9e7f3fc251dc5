import type { IncidentId } from '../ids.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Intervention } from '../incidents/intervene.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { isNearly, named } from '../inventory/near.ts';
import type { People } from '../people/people.ts';
import { bare, orderIn } from './ordered.ts';
import { amendmentIn } from './reviewing.ts';

/** What a reply to a stand-up wants. */
export type Reply =
  /** Their own, beside the workers'. */
  | { kind: 'mine'; words: string }
  /** An order as in an incident's thread, for the incidents it names. */
  | { kind: 'order'; incidents: IncidentId[]; wanted: Intervention }
  /** Nothing more is done by workers on a server or service, in any open incident. */
  | { kind: 'leave'; id: string }
  | { kind: 'unclear'; because: string };

interface Hearing {
  /** Who answers, and whether the words begin with their name. */
  worker: { name: string; isNamed: boolean };
  people: Pick<People, 'named'>;
  /** Where it was said, such as `slack`. */
  surface: string;
  inventory: Inventory;
}

const incidentIds = /\binc-\d+\b/gi;

/** What these words, said to a stand-up, want; undefined when they only ask. Pure. */
export function replyIn(text: string, hearing: Hearing): Reply | undefined {
  const said = withoutName(text.trim(), hearing.worker);
  const mine = /^(?:me|mine|my stand-?up)\s*:\s*(.*)$/is.exec(said)?.[1];
  if (mine !== undefined) return { kind: 'mine', words: mine };
  if (/^yesterday\b[^?]*$/is.test(said)) return { kind: 'mine', words: said };
  const incidents = (text.match(incidentIds) ?? []).map((id) => id.toLowerCase() as IncidentId);
  const left =
    incidents.length === 0 ? leftIn(bare(text, hearing.worker.name), hearing.inventory) : undefined;
  if (left) return left;
  const wanted = wantedIn(text, hearing);
  if (!wanted) return undefined;
  // It names the other one itself.
  const own = wanted.do === 'merge' ? incidents.filter((id) => id !== wanted.words) : incidents;
  return { kind: 'order', incidents: [...new Set(own)].sort(), wanted };
}

/** "skip web-03", "leave db-01 alone", "not web-03": of something that there is, or nearly. */
function leftIn(said: string, inventory: Inventory): Reply | undefined {
  const words = said.toLowerCase();
  const name =
    /^(?:skip|leave|spare|not|hands off|stay off|nothing (?:more )?on) (?:the )?([\w.-]+)(?: alone| out)?$/.exec(
      words,
    )?.[1];
  if (name === undefined) return undefined;
  const found = named(inventory, name);
  if (found.kind === 'known') return { kind: 'leave', id: found.id };
  if (!isNearly(inventory, name)) return undefined;
  const because = `There is no server or service called "${name.slice(0, 40)}": did you mean ${found.near.join(', ')}? Nothing was changed.`;
  return { kind: 'unclear', because };
}

/** The order, once the incident it names is "it", or is left out. */
function wantedIn(text: string, { worker, people, surface, inventory }: Hearing): Intervention | undefined {
  for (const words of withoutIncidents(text)) {
    const said = bare(words, worker.name);
    const given =
      taskDone(said) ??
      handedTo(said.toLowerCase(), worker.isNamed) ??
      amendmentIn(words.trim(), worker.name, people, surface) ??
      leftThere(said, inventory) ??
      orderIn(words, worker.name, inventory);
    if (given) return given;
  }
  return undefined;
}

const list = String.raw`(?:incidents? )?inc-\d+(?:(?:,| and|,? & |, and) *(?:incident )?inc-\d+)*`;

function withoutIncidents(text: string): string[] {
  if (!/\binc-\d+\b/i.test(text)) return [text];
  const first = new RegExp(
    String.raw`(?:\b(?:on|in|of|for|with|about|at) )?(?:the )?${list}(?:'s)?[:,]?`,
    'i',
  );
  const one = /(?:\b(?:on|in|of|for|with|about|at) )?(?:the )?(?:incident )?inc-\d+[:,]?/i;
  const it = new RegExp(list, 'i');
  const tidy = (words: string) => words.replace(/\s+/g, ' ').trim();
  return [text.replace(first, ' '), text.replace(it, 'it'), text.replace(one, ' ')].map(tidy);
}

/** "done with task 2", "task 2 is done". */
function taskDone(said: string): Intervention | undefined {
  const nth =
    /^(?:i am |i'm )?done(?: with)? (?:its |the )?(?:task|action) (\d{1,3})$/i.exec(said)?.[1] ??
    /^(?:task|action) (\d{1,3})(?: it)?(?: is)? done$/i.exec(said)?.[1];
  return nth === undefined ? undefined : { do: 'task-done', nth: Number(nth) };
}

/** "Rex, take it again" hands it back to the workers; "take it" without a name is the person's own. */
function handedTo(words: string, isNamed: boolean): Intervention | undefined {
  if (/^(?:you )?take it (?:again|back)$|^you take it$|^take (?:again|back)$/.test(words))
    return { do: 'hand-back' };
  if (!/^(?:i(?:'ll)? )?take it(?: over| on)?$/.test(words)) return undefined;
  return isNamed && !words.startsWith('i') ? { do: 'hand-back' } : { do: 'take' };
}

/** "skip web-03" of an incident that is named. */
function leftThere(said: string, inventory: Inventory): Intervention | undefined {
  const left = leftIn(said, inventory);
  return left?.kind === 'leave' ? { do: 'redirect', words: `not ${left.id}` } : undefined;
}

function withoutName(text: string, { name, isNamed }: Hearing['worker']): string {
  return isNamed ? text.slice(name.length).replace(/^[\s,:]+/, '') : text;
}

type Meant = { kind: 'these'; incidents: IncidentId[] } | { kind: 'unclear'; because: string };

/** Which incidents an order is for: those it names, else the only one that it fits. Pure. */
export function meantBy({ incidents, wanted }: Extract<Reply, { kind: 'order' }>, open: Incident[]): Meant {
  if (incidents.length > 0) return { kind: 'these', incidents };
  const fitting = ofOpen(wanted) ? open.filter((one) => fits(wanted, one)) : [];
  const [only, ...others] = fitting;
  if (only && others.length === 0) return { kind: 'these', incidents: [only.id] };
  if (!only)
    return { kind: 'unclear', because: 'Say which incident you mean, such as inc-12: nothing was changed.' };
  const names = fitting.slice(0, 6).map(({ id, service }) => `${id} on ${service}`);
  const more = fitting.length > 6 ? [`one of ${fitting.length - 6} more`] : [];
  const choices = [...names, ...more];
  const because = `Which one: ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}? Say it with its number; nothing was changed.`;
  return { kind: 'unclear', because };
}

/** What is said of one that is over is said of one by its name. */
function ofOpen({ do: what }: Intervention): boolean {
  const past = [
    'wrong-cause',
    'reopen',
    'edit-post-mortem',
    'add-task',
    'task-done',
    'file-post-mortem',
    'correct-post-mortem',
  ];
  return !past.includes(what);
}

function fits({ do: what }: Intervention, { status, pausedBy, runbook }: Incident): boolean {
  switch (what) {
    case 'resume':
      return pausedBy !== null;
    case 'pause':
      return pausedBy === null;
    case 'hand-back':
      return status === 'taken' || runbook?.by !== undefined;
    case 'take':
      return status !== 'taken';
    default:
      return true;
  }
}
