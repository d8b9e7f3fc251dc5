// Workers: what they hear, understand and answer. Understanding here is by rule; no model is asked.
// Not where anything is changed: an answer is read from the record, and what is ordered in a thread is done by incidents.
import type { Inventory } from '../inventory/inventory.ts';
import { isNearly, named } from '../inventory/near.ts';
import { type Since, sinceIn } from './since.ts';

/** What a message asks about. */
export type Asked =
  | { about: 'service'; id: string }
  | { about: 'server'; id: string }
  | { about: 'incident'; id: string }
  /** How a service or server does now. */
  | { about: 'how'; id: string }
  /** Of one service or server, or of all. */
  | { about: 'changes'; since: Since; id?: string }
  /** A name that nothing has, and the ids that are written most alike. */
  | { about: 'unknown'; name: string; near: string[] }
  | { about: 'status' }
  | { about: 'incidents' }
  | { about: 'approvals' }
  /** Of the incident; else of the last one, on the service when one was named. */
  | { about: 'why'; id: string | undefined; service?: string }
  | { about: 'standup' }
  | { about: 'human' }
  | { about: 'help' };

/** What these words ask about. `here` is the incident whose thread they stand in. Pure. */
export function understand(text: string, inventory: Inventory, here: string | undefined): Asked {
  const words = text.toLowerCase().replaceAll('’', "'");
  const incident = /\binc-\d+\b/.exec(words)?.[0];
  if (/\b(human|robot|bot|ai|real person)\b/.test(words) && /\bare you\b/.test(words))
    return { about: 'human' };
  const service = inventory.services.find(
    ({ id, name }) => mentioned(words, id) || mentioned(words, name.toLowerCase()),
  );
  if (/\bwhy\b/.test(words)) {
    const id = incident ?? here;
    return { about: 'why', id, ...(!id && service && { service: service.id }) };
  }
  const one = incident ?? here;
  if (one && opinion.test(words) && !service) return { about: 'why', id: one };
  if (incident) return { about: 'incident', id: incident };
  const server = inventory.servers.find(({ id }) => mentioned(words, id));
  const state = stateIn(words, inventory, server?.id ?? service?.id);
  if (state) return state;
  if (server) return { about: 'server', id: server.id };
  if (service) return { about: 'service', id: service.id };
  if (/\bstand-?up\b/.test(words)) return { about: 'standup' };
  if (/\bapprovals?\b|\bwaiting\b/.test(words)) return { about: 'approvals' };
  if (/\bstatus\b|\bon shift\b/.test(words) && !here) return { about: 'status' };
  if (/\bincidents?\b|\bwhat('s| is) (happening|going on|wrong|broken)\b|\bstatus\b/.test(words))
    return here ? { about: 'incident', id: here } : { about: 'incidents' };
  return here ? { about: 'incident', id: here } : { about: 'help' };
}

/** Asks for what a worker makes of it. */
const opinion =
  /\bwhat (?:do|did) you (?:think|know|believe)\b|\bwhat(?:'s| is| was) (?:the|your) (?:root )?cause\b|\bwhat happened\b|\bhow (?:sure|certain) are you\b/;

/** How something does now, or what changed; a name that is only nearly one is asked back. */
function stateIn(words: string, inventory: Inventory, id: string | undefined): Asked | undefined {
  const changes =
    /\bwhat(?:'s| has| have| was| is)?(?: been)? (?:changed|deployed)\b|\b(?:changes|deployments)\b/.test(
      words,
    );
  const [, subject] =
    /\bhow(?:'s| is| are| does| do)\s+(?:the\s+)?[*_~`#]*([a-z0-9][\w.-]*)/.exec(words) ?? [];
  if (!changes && subject === undefined) return undefined;
  const [, place] = /\b(?:on|of|at|for|with|to)\s+(?:the\s+)?[*_~`#]*([a-z0-9][\w.-]*)/.exec(words) ?? [];
  const name = (changes ? place : subject)?.replace(/[.-]+$/, '');
  if (id === undefined && name !== undefined && isNearly(inventory, name)) {
    const found = named(inventory, name);
    if (found.kind === 'unknown') return { about: 'unknown', name, near: found.near };
  }
  if (changes) return { about: 'changes', since: sinceIn(words), ...(id !== undefined && { id }) };
  return id === undefined ? undefined : { about: 'how', id };
}

function mentioned(words: string, name: string): boolean {
  return ` ${words.replace(/[^a-z0-9.-]+/g, ' ')} `.replace(/[.]+(?= )/g, '').includes(` ${name} `);
}
