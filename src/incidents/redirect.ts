import { beginAfresh } from '../actions/hold.ts';
import type { PersonId } from '../ids.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { named } from '../inventory/near.ts';
import type { Tx } from '../postgres/database.ts';
import { handOver } from './handoffs/hand-over.ts';
import { type Intervened, notNow } from './heeded.ts';
import type { Direction, Incident } from './incident.ts';
import type { Responder } from './responder.ts';
import { log, setAfresh, update } from './store.ts';

type Read = { kind: 'direction'; direction: Direction } | { kind: 'unclear'; because: string };

/**
 * Where a person's words send the workers, such as "not web-03, look at db-02" or "db-02": each name is looked up.
 * "That" is what is acted on at present. Pure.
 */
function readDirection(words: string, inventory: Inventory, present: string | undefined): Read {
  const said = words
    .toLowerCase()
    .replace(/[,;!?"]+|\.(?=\s|$)/g, ' ')
    .replace(/\bnot (at )?(that|this)( (server|service|one))?\b/g, present ? `not ${present}` : ' ');
  const ruledOut = [...said.matchAll(/\bnot (?:at )?(?:the )?(\S+)/g)].map(([, name = '']) => name);
  const rest = said
    .replace(/\bnot (?:at )?(?:the )?\S+/g, ' ')
    .replace(filler, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const to = rest === '' ? undefined : named(inventory, rest);
  const not = ruledOut.map((name) => ({ name, found: named(inventory, name) }));
  for (const { name, found } of [...not, ...(to ? [{ name: rest, found: to }] : [])]) {
    if (found.kind === 'unknown') return { kind: 'unclear', because: unknown(name, found.near) };
  }
  const ids = not.flatMap(({ found }) => (found.kind === 'known' ? [found.id] : []));
  if (!to && ids.length === 0)
    return {
      kind: 'unclear',
      because: 'Say where to look, such as "look at db-01" or "not web-01, look at db-01".',
    };
  return { kind: 'direction', direction: { to: to?.kind === 'known' ? to.id : null, not: ids } };
}

const filler = /\b(please|but|and|rather|instead|look(ing)?|at|into|on|check|try|the|server|service)\b(?!-)/g;

function unknown(name: string, near: string[]): string {
  return `There is no server or service called "${name.slice(0, 40)}": did you mean ${near.join(', ')}? Nothing was changed.`;
}

/** A person sends the workers elsewhere: what waits is withdrawn, and the incident is looked into afresh, there. */
export async function redirect(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  words: string,
): Promise<Intervened> {
  const { gateway, inventory } = responder;
  const { id, kind, service, status, cause, direction: before, pausedBy } = incident;
  if (kind === 'prediction')
    return notNow('Nothing is broken yet, so there is nowhere else to look: "false alarm" ends it.');
  if (status === 'taken') return notNow('A person has it: it must be handed back first.');
  const read = readDirection(words, inventory, cause?.known.server ?? cause?.known.service);
  if (read.kind === 'unclear') return notNow(read.because);
  const { to } = read.direction;
  const not = [...new Set([...(before?.not ?? []), ...read.direction.not])].filter((one) => one !== to);
  const { attempt, jobs } = await beginAfresh(gateway, tx, id);
  await setAfresh(tx, id, attempt);
  await update(tx, id, { direction: { to, not } });
  await log(tx, id, { kind: 'redirected', facts: { person, to, not } });
  const afresh = { ...incident, status: 'investigating' as const };
  const handed = await handOver(responder, tx, afresh, {
    from: { person },
    to: 'analysis',
    intent: 'look where a person says',
    confidence: 1,
    reasoning: [whither({ to, not })],
    evidence: [],
  });
  const still = pausedBy ? ' It is paused still: nothing is changed until it is resumed.' : '';
  return {
    result: { kind: 'done', because: `${whither({ to, not })} What waited is withdrawn.${still}` },
    entries: [
      {
        kind: 'incident.redirected',
        by: { person },
        about: { incident: id, service },
        facts: { to, not },
        words: { said: words },
      },
      ...handed.entries,
    ],
    jobs: [...jobs, ...handed.jobs],
  };
}

/** Where the workers look now, as a sentence. */
export function whither({ to, not }: Direction): string {
  const where = to === null ? 'elsewhere' : `at ${to}`;
  return `I look ${where}${not.length > 0 ? `, not at ${not.join(', ')}` : ''}.`;
}
