// What a button and a form mean.
import { kill } from './actions/kill.ts';
import { answer } from './approvals/answer.ts';
import type { Answer } from './approvals/approval.ts';
import { enquire } from './approvals/enquiry.ts';
import { approval as findApproval } from './approvals/read.ts';
import { pressOnStep, submitDone } from './by-hand.ts';
import type { Form } from './chat/card.ts';
import type { Reply } from './chat/door.ts';
import type { Intent } from './chat/intent.ts';
import { declared, declareForm } from './declared.ts';
import { letItAsk } from './demoted.ts';
import type { Core } from './handlers.ts';
import type { ApprovalId } from './ids.ts';
import { intervene } from './incidents/intervene.ts';
import type { Person } from './people/people.ts';
import { pressRate, submitRate } from './rated.ts';
import { pressOnPostMortem, submitOnPostMortem } from './reviewed.ts';
import { putForward } from './role-review.ts';
import { adoptRunbook, declineRunbook } from './runbooks-adopted.ts';
import { pressOnSignal, submitExpected } from './signalled.ts';
import { pressThumb, submitThumb } from './voted.ts';

/** What a person's press of a button does. */
export async function press(core: Core, intent: Intent, person: Person): Promise<Reply> {
  switch (intent.do) {
    case 'approve':
      return give(core, intent, person, { kind: 'approve' });
    case 'reject':
      return asking(core, intent, { title: 'Reject', submit: 'Reject', intent, field: why });
    case 'enquire':
      return asking(core, intent, { title: 'Ask for more', submit: 'Ask', intent, field: question });
    case 'take':
    case 'hand-back':
    case 'false-alarm':
    case 'pause':
    case 'resume':
      return said(await intervene(core.responder, intent.incident, person, { do: intent.do }));
    case 'resolved':
      return said(await intervene(core.responder, intent.incident, person, { do: 'resolved' }));
    case 'reopen':
      return { kind: 'form', form: { title: 'Reopen', submit: 'Reopen', intent, field: whyAgain } };
    case 'declare':
      return { kind: 'form', form: declareForm };
    case 'escalate':
      return { kind: 'form', form: { title: 'Escalate', submit: 'Ask the next', intent, field: whyNext } };
    case 'redirect':
      return { kind: 'form', form: { title: 'Look elsewhere', submit: 'Look there', intent, field: where } };
    case 'wrong-cause':
      return { kind: 'form', form: { title: 'Wrong cause', submit: 'Note it', intent, field: what } };
    case 'by-hand':
    case 'done-by-me':
    case 'let-worker':
    case 'skip-step':
    case 'give-rest':
      return pressOnStep(core, intent, person);
    case 'edit-post-mortem':
    case 'add-task':
    case 'task-done':
    case 'file-post-mortem':
    case 'correct-post-mortem':
      return pressOnPostMortem(core, intent, person);
    case 'adopt-runbook':
      return adoptRunbook(core, intent.incident, person);
    case 'decline-runbook':
      return declineRunbook(core, intent.incident, person);
    case 'investigate':
    case 'expected':
    case 'mute':
    case 'not-useful':
    case 'unmute':
      return pressOnSignal(core, intent, person);
    case 'vote':
      return pressThumb(core, intent, person);
    case 'rate':
      return pressRate(core, intent, person);
    case 'put-forward':
      return putForward(core, intent, person);
    case 'let-it-ask':
      return letItAsk(core, intent, person);
    case 'kill':
      return killAll(core, person);
  }
}

/** What a filled form does. A note keeps it open, beside its field. */
export async function submit(
  core: Core,
  intent: Intent,
  person: Person,
  text: string,
  more: Record<string, string> = {},
): Promise<Reply> {
  switch (intent.do) {
    case 'approve':
      return give(core, intent, person, { kind: 'approve', typed: text });
    case 'reject':
      if (text.trim().length < why.least) return note('Say why in a few words: the worker learns from it.');
      return give(core, intent, person, { kind: 'reject', reason: text });
    case 'enquire': {
      if (text.trim().length < question.least) return note('Ask in a few words.');
      const asked = await enquire(core.store, {
        approval: intent.approval,
        person: person.id,
        question: text,
      });
      return asked.kind === 'enquired' ? { kind: 'nothing' } : note(asked.because);
    }
    case 'declare': {
      const by = { person: person.id, request: undefined };
      const { kind, because } = await declared(core, by, text);
      return kind === 'opened' ? { kind: 'nothing' } : note(because);
    }
    case 'reopen':
    case 'escalate':
    case 'wrong-cause':
    case 'redirect': {
      const wanted = { do: intent.do, words: text };
      const heeded = await intervene(core.responder, intent.incident, person, wanted);
      return heeded.kind === 'done' ? { kind: 'nothing' } : note(heeded.because);
    }
    case 'done-by-me':
      return submitDone(core, intent, person, text);
    case 'expected':
      return submitExpected(core, intent, person, text);
    case 'edit-post-mortem':
    case 'add-task':
    case 'task-done':
    case 'file-post-mortem':
    case 'correct-post-mortem':
      return submitOnPostMortem(core, intent, person, { text, more });
    case 'vote':
      return submitThumb(core, intent, person, text);
    case 'rate':
      return submitRate(core, intent, person, { text, more });
    case 'resolved':
    case 'adopt-runbook':
    case 'decline-runbook':
    case 'take':
    case 'hand-back':
    case 'false-alarm':
    case 'pause':
    case 'resume':
    case 'by-hand':
    case 'let-worker':
    case 'skip-step':
    case 'give-rest':
    case 'investigate':
    case 'mute':
    case 'not-useful':
    case 'unmute':
    case 'put-forward':
    case 'let-it-ask':
    case 'kill':
      return note('This form is none of ours.');
  }
}

type OnApproval = Intent & { approval: ApprovalId };

async function give(
  { store, refusals }: Core,
  intent: OnApproval,
  person: Person,
  given: Answer,
): Promise<Reply> {
  const judged = await answer({ ...store, refusals }, { approval: intent.approval, person, answer: given });
  if (judged.kind === 'recorded') return { kind: 'nothing' };
  if (judged.kind !== 'type-target' || (given.kind === 'approve' && given.typed !== undefined))
    return note(judged.because);
  return {
    kind: 'form',
    form: { title: 'Approve', submit: 'Approve', intent, field: { ...typed, hint: judged.because } },
  };
}

/** A form on an approval that is still open. */
async function asking({ store }: Core, intent: OnApproval, form: Form): Promise<Reply> {
  const found = await findApproval(store.db, intent.approval);
  if (found?.status !== 'open') return note('This request is settled already: the card shows by whom.');
  return { kind: 'form', form };
}

const why = {
  name: 'reason',
  label: 'Why not?',
  hint: 'The worker and the record keep it.',
  least: 3,
  most: 1_000,
};
const whyAgain = {
  name: 'why',
  label: 'What is still wrong?',
  hint: 'The workers look into it afresh, and what it taught no longer counts.',
  least: 3,
  most: 1_000,
};
const whyNext = {
  name: 'why',
  label: 'Why?',
  hint: 'May be left out. The next person of the list is asked by name; what waits is withdrawn.',
  least: 0,
  most: 1_000,
};
const what = {
  name: 'why',
  label: 'What was it instead?',
  hint: 'It counts against such causes from now on.',
  least: 3,
  most: 1_000,
};
const question = {
  name: 'question',
  label: 'What do you want to know?',
  hint: 'The request stays open.',
  least: 3,
  most: 1_000,
};
const where = {
  name: 'where',
  label: 'Where to look?',
  hint: 'A server or service, such as "db-01"; "not web-01" rules one out. What waits is withdrawn.',
  least: 2,
  most: 200,
};
const typed = { name: 'target', label: 'The target', least: 1, most: 200 };

async function killAll({ store }: Core, person: Person): Promise<Reply> {
  if (!person.roles.includes('governor'))
    return note('Only a governor can throw the kill switch: ask one of them.');
  return said(await kill(store, 'all', person.id));
}

function note(text: string): Reply {
  return { kind: 'note', text };
}

function said({ because }: { because: string }): Reply {
  return note(because);
}
