import type { Intervention } from '../incidents/intervene.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { named } from '../inventory/near.ts';

/**
 * What these words, said in an incident's thread, have done there; undefined when they order nothing. The whole
 * message must be an order: what merely speaks of one is a question. Pure.
 */
export function orderIn(text: string, worker: string, inventory: Inventory): Intervention | undefined {
  const said = bare(text, worker);
  const words = said.toLowerCase();
  const found = orders.find(([says]) => says.test(words))?.[1];
  if (found) return found;
  const cause = /^(?:(?:take|choose|pick) )?(?:the )?(?:cause|hypothesis) (?:number )?(\d)$/.exec(words)?.[1];
  const called = /^(?:it is|it's) (?:(?:the|a) (.+)|([\w.]+-[\w.-]*\d))$/.exec(words);
  const escalated = /^escalate(?: (?:it|this))?(?:(?:[:,]| because) ?([^?]+))?$/i.exec(said);
  if (escalated) return { do: 'escalate', words: escalated[1] ?? '' };
  const again = /^reopen(?: (?:it|this))?(?:(?:[:,]| because) ?([^?]+))?$/i.exec(said);
  if (again) return { do: 'reopen', words: again[1] ?? '' };
  const severity =
    /^(?:it is |it's |this is |make it |set )?(?:the )?sev(?:erity)?(?: to| is)? ?([1-4])$/.exec(words)?.[1];
  if (severity) return { do: 'severity', severity: Number(severity) };
  const into = /^merge (?:(?:this|it) )?(?:(?:in)?to |with )?(inc-\d+)$/.exec(words)?.[1];
  if (into) return { do: 'merge', words: into };
  const apart = /^split (?:off |out )?([\w.-]+)$/.exec(words)?.[1];
  if (apart) return { do: 'split', words: apart };
  const wrong = /^(?:(?:it was |that was )?(?:the )?wrong cause)[:,. ]+(.{3,})$/i.exec(said)?.[1];
  if (wrong) return { do: 'wrong-cause', words: wrong };
  const byHand = /^(?:checklist|by hand)(?: ([a-z][\w. -]*))?$/.exec(words);
  if (byHand) return { do: 'by-hand', words: byHand[1] ?? '' };
  const done = /^(?:(?:the |this )?step (?:is )?)?done(?: by (?:me|hand))?(?:: ?(.+))?$/i.exec(said);
  if (done) return { do: 'done-by-me', words: done[1] ?? '' };
  const choice = cause ?? called?.[1] ?? called?.[2];
  if (choice) return { do: 'choose', words: choice };
  return sendsElsewhere(words, inventory) ? { do: 'redirect', words } : undefined;
}

const orders: [says: RegExp, order: Intervention][] = [
  [/^(take (it |this )?over|i've got (it|this)|i (take|have) (it|this)( over)?)$/, { do: 'take' }],
  [/^hand (it |this )?back$/, { do: 'hand-back' }],
  [/^((it is|it's|this is) )?(a )?false alarm$/, { do: 'false-alarm' }],
  [/^(i'll|i will|let me) do (it|this|that)( by hand)?$/, { do: 'by-hand', words: '' }],
  [/^(let the worker do (it|this|that)|you do (it|this|that))$/, { do: 'let-worker' }],
  [/^((it is|it's|this is) )?(resolved|solved|over)$/, { do: 'resolved' }],
  [/^pause( (it|this|here))?$/, { do: 'pause' }],
  [/^(resume|continue|go on)( (with )?(it|this|here))?$/, { do: 'resume' }],
  [/^skip( (it|((this|that|the) )?(next )?step))?$/, { do: 'skip' }],
];

/** Without what is said around an order: the worker's name, "please", a full stop. */
export function bare(text: string, worker: string): string {
  const words = text.replaceAll('’', "'").replace(/\s+/g, ' ').trim();
  const polite = words
    .replace(/[\s,]*\bplease\b[\s,]*/gi, ' ')
    .replace(/[\s.!]+$/, '')
    .trim();
  const [first = '', ...rest] = polite.split(' ');
  const said = first.toLowerCase().replace(/[,:.]$/, '');
  const opening = [worker.toLowerCase(), 'no', 'ok', 'okay'].includes(said);
  return opening && rest.length > 0 ? rest.join(' ') : polite;
}

/** "look at db-02", "not web-01, look at db-02", or "not web-01" when that is something; "not now" is no order. */
function sendsElsewhere(words: string, inventory: Inventory): boolean {
  if (/^(not (at )?(that|this|the |[\w.-]+)[^?]*\b)?look (at|into|on) \S[^?]*$/.test(words)) return true;
  const ruledOut = /^not (?:at )?(?:the )?([\w.-]+)$/.exec(words)?.[1];
  return ruledOut !== undefined && named(inventory, ruledOut).kind === 'known';
}
