// What the buttons and forms of a post-mortem mean, and what drafting one needs on this site.
import type { Charter } from './charter/charter.ts';
import type { Form } from './chat/card.ts';
import type { Reply } from './chat/door.ts';
import type { Intent } from './chat/intent.ts';
import type { Core } from './handlers.ts';
import { intervene } from './incidents/intervene.ts';
import { type Amendment, mostWords } from './incidents/post-mortem/amend.ts';
import type { Drafting } from './incidents/post-mortem/draft.ts';
import { postMortemOf } from './incidents/post-mortem/read.ts';
import type { Responder } from './incidents/responder.ts';
import type { Drawing } from './monitoring/chart/picture.ts';
import { queryOf, queryOfOne } from './monitoring/metric.ts';
import type { Person } from './people/people.ts';
import type { Site } from './site.ts';

type Amending = Extract<Intent, { do: Amendment['do'] }>;

interface Wanted {
  responder: Responder;
  site: Site;
  drawing: Drawing;
  charter: Charter;
}

/** What drafting post-mortems needs on this site. */
export function draftingOf({ responder, site, drawing, charter }: Wanted): Drafting {
  const { cycleMs } = responder.monitor;
  return {
    ...{ responder, drawing, fileMs: site.pace.fileMs, timezone: charter.cadence.standup.timezone },
    // The trial's Prometheus knows no more of PromQL than a selector and a rate.
    queryFor: (metric, subject) =>
      site.kind === 'trial' ? queryOf(metric, cycleMs) : queryOfOne(metric, subject, cycleMs),
  };
}

/** What a press on a post-mortem does: most open a form. */
export async function pressOnPostMortem(core: Core, intent: Amending, person: Person): Promise<Reply> {
  switch (intent.do) {
    case 'edit-post-mortem':
      return editForm(core, intent);
    case 'add-task':
      return { kind: 'form', form: taskForm(intent) };
    case 'correct-post-mortem':
      return { kind: 'form', form: { title: 'Add a correction', submit: 'Add', intent, field: correction } };
    case 'task-done':
      return amended(core, intent, person, { do: intent.do, nth: intent.nth });
    case 'file-post-mortem':
      return amended(core, intent, person, { do: intent.do });
  }
}

/** What its filled forms do. */
export function submitOnPostMortem(
  core: Core,
  intent: Amending,
  person: Person,
  { text, more }: { text: string; more: Record<string, string> },
): Promise<Reply> {
  switch (intent.do) {
    case 'edit-post-mortem':
      return amended(core, intent, person, { do: intent.do, summary: text, change: more.change ?? '' });
    case 'add-task': {
      const owner = core.people.named(more.owner ?? '')?.id ?? null;
      return amended(core, intent, person, { do: intent.do, what: text, owner, due: more.due ?? '' });
    }
    case 'correct-post-mortem':
      return amended(core, intent, person, { do: intent.do, words: text });
    case 'task-done':
    case 'file-post-mortem':
      return Promise.resolve({ kind: 'note', text: 'This form is none of ours.' });
  }
}

async function amended(
  core: Core,
  { incident }: Amending,
  person: Person,
  wanted: Amendment,
): Promise<Reply> {
  const { kind, because, field } = await intervene(core.responder, incident, person, wanted);
  return kind === 'done' ? { kind: 'nothing' } : { kind: 'note', text: because, ...(field && { field }) };
}

/** With the words as they stand now. */
async function editForm({ store }: Core, intent: Amending): Promise<Reply> {
  const found = await postMortemOf(store.db, intent.incident);
  if (!found)
    return { kind: 'note', text: 'There is no post-mortem yet: it is drafted once the incident is over.' };
  if (found.filedAt)
    return { kind: 'note', text: 'It is filed and stays as it is: add a correction instead.' };
  const form: Form = {
    ...{ title: 'Edit the post-mortem', submit: 'Save', intent },
    field: { ...summary, value: found.summary },
    more: [{ ...change, value: found.change }],
  };
  return { kind: 'form', form };
}

function taskForm(intent: Amending): Form {
  return { title: 'Add an action', submit: 'Add', intent, field: task, more: [owner, due] };
}

const summary = {
  name: 'summary',
  label: 'What happened',
  hint: 'In a few sentences. What was measured and done stays as recorded.',
  least: 3,
  most: mostWords,
};
const change = { name: 'change', label: 'What to change', hint: 'A line each.', least: 0, most: mostWords };
const task = { name: 'what', label: 'What is to be done?', hint: '', least: 3, most: 300 };
const owner = {
  ...{ name: 'owner', label: 'Who does it?', hint: 'A name as it stands in chat.' },
  ...{ least: 2, most: 100, line: true as const },
};
const due = {
  ...{ name: 'due', label: 'By when?', hint: 'A date such as 2026-12-01.' },
  ...{ least: 10, most: 10, line: true as const },
};
const correction = {
  name: 'words',
  label: 'What is to be corrected?',
  hint: 'It is added with your name and the time; what is filed stays.',
  least: 3,
  most: mostWords,
};
