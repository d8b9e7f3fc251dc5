import type { Form } from '../../src/chat/card.ts';
import type { Reply } from '../../src/chat/door.ts';
import type { Intent } from '../../src/chat/intent.ts';
import { declareForm } from '../../src/declared.ts';
import type { ApprovalId, IncidentId, SignalId, WorkerId } from '../../src/ids.ts';
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
  declare: declareForm,
  resolved: undefined,
  reopen: {
    title: 'Reopen',
    submit: 'Reopen',
    intent: { do: 'reopen', incident: 'inc-7' as IncidentId },
    field: { name: 'why', label: 'What is still wrong?', hint: 'Looked into afresh.', least: 3, most: 1_000 },
  },
  escalate: {
    title: 'Escalate',
    submit: 'Ask the next',
    intent: { do: 'escalate', incident: 'inc-7' as IncidentId },
    field: { name: 'why', label: 'Why?', hint: 'May be left out.', least: 0, most: 1_000 },
  },
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
  'by-hand': undefined,
  'done-by-me': {
    title: 'Step 1 is done',
    submit: 'Done by me',
    intent: { do: 'done-by-me', incident: 'inc-7' as IncidentId, attempt: 1, step: 0 },
    field: { name: 'did', label: 'What did you do?', hint: 'If you like.', least: 0, most: 1_000 },
  },
  'let-worker': undefined,
  'skip-step': undefined,
  'give-rest': undefined,
  'edit-post-mortem': {
    title: 'Edit the post-mortem',
    submit: 'Save',
    intent: { do: 'edit-post-mortem', incident: 'inc-7' as IncidentId },
    field: {
      ...{ name: 'summary', label: 'What happened', hint: 'In a few sentences.', least: 3, most: 2_000 },
      value: 'Checkout was *slow*.\nThen it was not.',
    },
    more: [
      {
        ...{ name: 'change', label: 'What to change', hint: 'A line each.', least: 0, most: 2_000 },
        value: 'Answer sooner.',
      },
    ],
  },
  'add-task': {
    title: 'Add an action',
    submit: 'Add',
    intent: { do: 'add-task', incident: 'inc-7' as IncidentId },
    field: { name: 'what', label: 'What is to be done?', hint: '', least: 3, most: 300 },
    more: [
      { name: 'owner', label: 'Who does it?', hint: 'A name.', least: 2, most: 100, line: true },
      { name: 'due', label: 'By when?', hint: 'A date such as 2026-12-01.', least: 10, most: 10, line: true },
    ],
  },
  'task-done': undefined,
  'adopt-runbook': undefined,
  'decline-runbook': undefined,
  'file-post-mortem': undefined,
  'correct-post-mortem': {
    title: 'Add a correction',
    submit: 'Add',
    intent: { do: 'correct-post-mortem', incident: 'inc-7' as IncidentId },
    field: { name: 'words', label: 'What is to be corrected?', hint: 'It is added.', least: 3, most: 2_000 },
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
  'put-forward': undefined,
  'let-it-ask': undefined,
  rate: {
    title: 'Rate Rex',
    submit: 'Rate',
    intent: { do: 'rate', worker: 'rex' as WorkerId },
    field: { name: 'stars', label: 'From 1 to 5', hint: '5 is the best.', least: 1, most: 1, line: true },
    more: [{ name: 'line', label: 'Why?', hint: 'If you like.', least: 0, most: 300, line: true }],
  },
  vote: {
    title: 'What was wrong?',
    submit: 'Send',
    intent: { do: 'vote', subject: 'delivery:dlv-7', up: false },
    field: {
      ...{ name: 'line', label: 'In a line, if you like', least: 0, most: 300 },
      hint: 'It stands beside this incident when a later one is like it.',
      line: true,
    },
  },
  kill: undefined,
};

/** Every kind of answer to a press, so that a new one does not compile until it is here. */
export const replies: { [Kind in Reply['kind']]: Extract<Reply, { kind: Kind }> } = {
  nothing: { kind: 'nothing' },
  note: { kind: 'note', text: 'This was already approved: the card shows by whom.' },
  form: { kind: 'form', form: forms.reject as Form },
  card: { kind: 'card', card: question },
};
