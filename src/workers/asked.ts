// Workers: what they hear, understand and answer. Understanding here is by rule; no model is asked.
// Not where anything is changed: an answer is read from the record, and what is ordered in a thread is done by incidents.
import type { Inventory } from '../inventory/inventory.ts';

/** What a message asks about. */
export type Asked =
  | { about: 'service'; id: string }
  | { about: 'server'; id: string }
  | { about: 'incident'; id: string }
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
  const named = /\binc-\d+\b/.exec(words)?.[0];
  if (/\b(human|robot|bot|ai|real person)\b/.test(words) && /\bare you\b/.test(words))
    return { about: 'human' };
  const service = inventory.services.find(
    ({ id, name }) => mentioned(words, id) || mentioned(words, name.toLowerCase()),
  );
  if (/\bwhy\b/.test(words)) {
    const id = named ?? here;
    return { about: 'why', id, ...(!id && service && { service: service.id }) };
  }
  if (named) return { about: 'incident', id: named };
  const server = inventory.servers.find(({ id }) => mentioned(words, id));
  if (server) return { about: 'server', id: server.id };
  if (service) return { about: 'service', id: service.id };
  if (/\bstand-?up\b/.test(words)) return { about: 'standup' };
  if (/\bapprovals?\b|\bwaiting\b/.test(words)) return { about: 'approvals' };
  if (/\bstatus\b|\bon shift\b/.test(words) && !here) return { about: 'status' };
  if (/\bincidents?\b|\bwhat('s| is) (happening|going on|wrong|broken)\b|\bstatus\b/.test(words))
    return here ? { about: 'incident', id: here } : { about: 'incidents' };
  return here ? { about: 'incident', id: here } : { about: 'help' };
}

function mentioned(words: string, name: string): boolean {
  return ` ${words.replace(/[^a-z0-9.-]+/g, ' ')} `.replace(/[.]+(?= )/g, '').includes(` ${name} `);
}
