// What a message, a click, a form and a command mean: the doors' side of the wiring.

import { answer } from './approvals/answer.ts';
import { approval as findApproval } from './approvals/read.ts';
import type { Notes } from './audit/notes.ts';
import type { Charter } from './charter/charter.ts';
import type { Account, Handlers, Pressed, Reply } from './chat/door.ts';
import type { Intent } from './chat/intent.ts';
import type { IncidentId } from './ids.ts';
import type { Responder } from './incidents/responder.ts';
import { callOff, take } from './incidents/take.ts';
import type { Store } from './jobs/save.ts';
import type { People, Person } from './people/people.ts';
import type { Site } from './site.ts';
import type { Log } from './storage.ts';
import { type Command, command, commands } from './workers/command.ts';
import { keep } from './workers/hear.ts';
import type { Desk } from './workers/tell.ts';

/** What answering needs, without a way to post. */
export interface Core {
  store: Store;
  notes: Notes;
  people: People;
  responder: Responder;
  desk: Desk;
  charter: Charter;
  site: Site;
  log: Log;
}

/** What the chat doors call. Each commits before it resolves. */
export function doorHandlers(core: Core): Handlers {
  return {
    heard: (heard) => keep(core, heard),
    pressed: (pressed) =>
      withPerson(core, pressed.account, pressed.intent, (person) => press(core, pressed, person)),
    submitted: ({ account, intent, answer: text }) =>
      withPerson(core, account, intent, (person) => submit(core, intent, person, text)),
    commanded: ({ account, text }) =>
      withPerson(core, account, 'command', (person) => commanded(core, person, text)),
    refused: (account, because) => refuse(core, account, because),
  };
}

async function withPerson(
  core: Core,
  account: Account,
  tried: Intent | 'command',
  act: (person: Person) => Promise<Reply>,
): Promise<Reply> {
  const person = core.people.whoIs(account);
  if (person) return act(person);
  const because =
    'Roster does not know you, so nothing was changed: ask your administrator to add your account to manifests/people.yaml.';
  await refuse(core, account, because, tried);
  return { kind: 'note', text: because };
}

function refuse(
  { notes }: Core,
  account: Account,
  because: string,
  tried?: Intent | 'command',
): Promise<void> {
  const facts = { account, tried: typeof tried === 'object' ? { ...tried } : (tried ?? 'unreadable') };
  return notes.note({ kind: 'door.refused', by: { roster: 'door' }, facts, because: [because] });
}

async function press(core: Core, { intent }: Pressed, person: Person): Promise<Reply> {
  switch (intent.do) {
    case 'approve': {
      const judged = await answer(core.store, {
        approval: intent.approval,
        person,
        answer: { kind: 'approve' },
      });
      return judged.kind === 'recorded' ? { kind: 'nothing' } : { kind: 'note', text: judged.because };
    }
    case 'reject':
      return rejecting(core, intent);
    case 'take':
      return said(await take(core.responder, intent.incident as IncidentId, person.id));
    case 'false-alarm':
      return said(await callOff(core.responder, intent.incident as IncidentId, person.id));
  }
}

/** A rejection says why, in a form; one that is settled needs none. */
async function rejecting({ store }: Core, intent: Extract<Intent, { do: 'reject' }>): Promise<Reply> {
  const found = await findApproval(store.db, intent.approval);
  if (found?.status !== 'open')
    return { kind: 'note', text: 'This request is settled already: the card shows by whom.' };
  return { kind: 'form', form: { title: 'Reject', submit: 'Reject', intent, field: why } };
}

async function submit({ store }: Core, intent: Intent, person: Person, reason: string): Promise<Reply> {
  if (intent.do !== 'reject') return { kind: 'note', text: 'This form is none of ours.' };
  if (reason.trim().length < why.least)
    return { kind: 'note', text: 'Say why in a few words: the worker learns from it.' };
  const judged = await answer(store, {
    approval: intent.approval,
    person,
    answer: { kind: 'reject', reason },
  });
  return judged.kind === 'recorded' ? { kind: 'nothing' } : { kind: 'note', text: judged.because };
}

const why = {
  name: 'reason',
  label: 'Why not?',
  hint: 'The worker and the record keep it.',
  least: 3,
  most: 1_000,
};

function said(taken: { because: string }): Reply {
  return { kind: 'note', text: taken.because };
}

async function commanded({ desk, notes, site }: Core, person: Person, text: string): Promise<Reply> {
  const known: Command[] = [...commands, ...site.commands];
  return { kind: 'card', card: await command(desk, known, text, { notes, by: { person: person.id } }) };
}
