// What the buttons of a checklist mean: the steps of a runbook that a person goes through by hand.
import type { Reply } from './chat/door.ts';
import type { Intent } from './chat/intent.ts';
import type { Core } from './handlers.ts';
import { intervene } from './incidents/intervene.ts';
import { checksOf } from './incidents/steps/read.ts';
import type { Person } from './people/people.ts';

type OnStep = Extract<Intent, { do: 'by-hand' | 'done-by-me' | 'let-worker' | 'skip-step' | 'give-rest' }>;
type Done = Extract<Intent, { do: 'done-by-me' }>;

/** A press on a checklist, or on what leads to one. */
export async function pressOnStep(core: Core, intent: OnStep, person: Person): Promise<Reply> {
  if (intent.do === 'done-by-me') return asking(core, intent);
  const wanted =
    intent.do === 'by-hand'
      ? { do: intent.do, words: '' }
      : intent.do === 'give-rest'
        ? { do: intent.do }
        : { do: intent.do, at: { attempt: intent.attempt, step: intent.step } };
  const { because } = await intervene(core.responder, intent.incident, person, wanted);
  return { kind: 'note', text: because };
}

/** What it requires is said once more before it is noted as done. */
async function asking({ store }: Core, intent: Done): Promise<Reply> {
  const unmet = (await checksOf(store.db, intent)).filter(({ met }) => !met).map(({ says }) => says);
  const hint = [...unmet, 'What you did or what it printed, if you like: the thread and the record keep it.'];
  return {
    kind: 'form',
    form: {
      title: `Step ${intent.step + 1} is done`,
      submit: 'Done by me',
      intent,
      field: { name: 'did', label: 'What did you do?', hint: hint.join(' '), least: 0, most: 1_000 },
    },
  };
}

/** A step that a person did, with what they say of it. */
export async function submitDone(core: Core, intent: Done, person: Person, words: string): Promise<Reply> {
  const { incident, attempt, step } = intent;
  const wanted = { do: intent.do, at: { attempt, step }, words } as const;
  const heeded = await intervene(core.responder, incident, person, wanted);
  return heeded.kind === 'done' ? { kind: 'nothing' } : { kind: 'note', text: heeded.because };
}
