import type { Form } from '../../src/chat/card.ts';
import type { Reply } from '../../src/chat/door.ts';
import type { Intent } from '../../src/chat/intent.ts';
import type { ApprovalId, IncidentId, SignalId } from '../../src/ids.ts';
import { question } from './cards.ts';

const id = 'apr-1' as ApprovalId;

/** What a button may open; those that open nothing say so, so that a new intent does not compile until it is here. */
export const forms: Record<Intent['do'], Form | undefined> = {
  approve: {
    title: 'Approve',
    submit: 'Approve',
    intent: { do: 'approve', approval: id },
    field: {
      name: 'target',
      label: 'The target',
      hint: "Type the target's name, checkout.",
      least: 1,
      most: 200,
    },
  },
  reject: {
    title: 'Reject',
    submit: 'Reject',
    intent: { do: 'reject', approval: id },
    field: { name: 'reason', label: 'Why not?', hint: 'The record keeps it.', least: 3, most: 1_000 },
  },
  enquire: {
    title: 'Ask for more',
    submit: 'Ask',
    intent: { do: 'enquire', approval: id },
    field: { name: 'question', label: 'What do you want to know?', hint: '', least: 3, most: 1_000 },
  },
  'false-alarm': undefined,
  take: undefined,
  'hand-back': undefined,
  pause: undefined,
  resume: undefined,
  'wrong-cause': {
    title: 'Wrong cause',
    submit: 'Note it',
    intent: { do: 'wrong-cause', incident: 'inc-7' as IncidentId },
    field: { name: 'why', label: 'What was it instead?', hint: 'It counts.', least: 3, most: 1_000 },
  },
  redirect: {
    title: 'Look elsewhere',
    submit: 'Look there',
    intent: { do: 'redirect', incident: 'inc-7' as IncidentId },
    field: {
      name: 'where',
      label: 'Where to look?',
      hint: 'A server or service, such as "db-01"; "not web-01" rules one out. What waits is withdrawn.',
      least: 2,
      most: 200,
    },
  },
  investigate: undefined,
  expected: {
    title: 'Expected',
    submit: 'Add to calendar',
    intent: { do: 'expected', signal: 'sig-7' as SignalId },
    field: {
      name: 'why',
      label: 'What is it?',
      hint: 'Such as "load test": it is then expected on 2026-11-20 (Europe/Berlin). Begin with "weekly" when it comes every Friday 10:00–11:00 (Europe/Berlin).',
      least: 3,
      most: 300,
    },
  },
  mute: undefined,
  'not-useful': undefined,
  unmute: undefined,
  kill: undefined,
};

/** Every kind of answer to a press, so that a new one does not compile until it is here. */
export const replies: { [Kind in Reply['kind']]: Extract<Reply, { kind: Kind }> } = {
  nothing: { kind: 'nothing' },
  note: { kind: 'note', text: 'This was already approved: the card shows by whom.' },
  form: { kind: 'form', form: forms.reject as Form },
  card: { kind: 'card', card: question },
};
