import fc from 'fast-check';
import type { Status } from '../src/actions/action.ts';
import type { Class } from './class.ts';
import { misjudged, openScene } from './dead.ts';
import type { Plan } from './dying.ts';
import type { Manner } from './outside.ts';

interface Case {
  story: keyof typeof stories;
  /** Where each process in turn is killed. */
  at: string[];
  /** How it must end, once another process has taken over. */
  ends: Status[];
}

interface Story {
  manner: Manner;
  kills?: Plan['kills'];
  /** Every step from the first thing that is done to the last, by how it ends when a process died there. */
  steps: [ends: Status | Status[], at: (string | string[])[]][];
}

const begun = ['run: committed', 'start: not yet sent'];
const under = ['start: done outside', 'start: answered'];
const ending = ['finish: written', 'finish: recorded'];
const ended = ['finish: committed', 'job: done'];

/** What a person approved, or a worker does alone, on a system outside of every manner. */
const stories = {
  approved: {
    manner: { tool: 'roll-back' },
    steps: [
      ['done', ['propose: written', 'propose: recorded', 'propose: committed']],
      ['done', ['answer: written', 'answer: recorded', 'answer: committed', 'job: taken']],
      ['done', ['run: locked', 'run: approval used up', 'run: written', 'run: recorded']],
      ['indeterminate', begun],
      ['done', [...under, ...ending, ...ended]],
    ],
  },
  'approved by two': {
    manner: { tool: 'drop' },
    steps: [
      [
        'done',
        ['answer: recorded', 'answer: committed', 'answer: recorded again', 'answer: committed again'],
      ],
      ['done', ['run: approval used up', 'start: done outside']],
      ['indeterminate', ['run: committed']],
    ],
  },
  alone: {
    manner: { tool: 'restart' },
    steps: [
      ['done', ['propose: recorded', 'propose: committed', 'job: taken', 'run: recorded']],
      ['indeterminate', ['run: committed']],
      ['done', ['start: done outside', 'finish: recorded']],
    ],
  },
  lasting: {
    manner: { tool: 'roll-back', lasts: true },
    steps: [
      ['indeterminate', ['run: committed']],
      ['done', [...under, 'handle: written', 'handle: recorded', 'handle: committed', 'job: done']],
      ['done', ['look: not yet sent', 'look: answered', 'look: answered again', 'finish: recorded']],
    ],
  },
  'taking a key': {
    manner: { tool: 'roll-back', takesKey: true, unmarked: true },
    steps: [['done', [...begun, ...under, ...ending, 'finish: committed']]],
  },
  unmarked: {
    manner: { tool: 'roll-back', unmarked: true },
    steps: [
      ['indeterminate', [...begun, ...under, ...ending]],
      ['done', ['finish: committed']],
    ],
  },
  stopped: {
    manner: { tool: 'roll-back', lasts: 'for good' },
    kills: 'when looked at',
    // Looked at between the stopping and its record, it has failed: it was stopped.
    steps: [
      [
        ['cancelled', 'failed'],
        ['kill: written', 'kill: recorded', 'kill: committed', 'cancel job: taken'],
      ],
      [
        ['cancelled', 'failed'],
        ['cancel: not yet sent', 'cancel: done outside', 'cancel: answered', ...ending],
      ],
      [
        ['cancelled', 'failed'],
        ['finish: committed', 'cancel job: done'],
      ],
    ],
  },
  'crashed twice': {
    manner: { tool: 'roll-back' },
    steps: [
      [
        'indeterminate',
        ['job: taken', 'find: answered', 'finish: recorded'].map((step) => ['run: committed', step]),
      ],
      [
        'done',
        ['job: taken', 'find: not yet sent', 'find: answered'].map((step) => ['start: done outside', step]),
      ],
      ['done', ['look: answered', ...ending, ...ended].map((step) => ['start: done outside', step])],
    ],
  },
  'taking a key twice': {
    manner: { tool: 'roll-back', takesKey: true, unmarked: true },
    steps: [
      [
        'done',
        ['job: taken', 'start: not yet sent', ...under, 'finish: recorded'].map((step) => [
          'start: done outside',
          step,
        ]),
      ],
    ],
  },
} satisfies Record<string, Story>;

const steps: Case[] = Object.entries(stories as Record<string, Story>).flatMap(([story, told]) =>
  told.steps.flatMap(([ends, all]) =>
    all.map((at) => ({ story: story as Case['story'], at: [at].flat(), ends: [ends].flat() })),
  ),
);
/** First the one step of each story at which the most can go wrong. */
const worst = Object.keys(stories).flatMap(
  (story) => steps.find((one) => one.story === story && one.at.at(-1)?.endsWith(': done outside')) ?? [],
);

/** Killed with -9 wherever it is between a click and its receipt: at most one effect, and what is not known is said. */
export const crash: Class<Case> = {
  name: 'crash',
  tries: { quick: worst.length, whole: 3 * steps.length },
  needs: 'postgres',
  // A process that is killed and one that takes over, and mostly they wait.
  atOnce: 4,
  cases: fc.constantFrom(...steps),
  always: worst,
  heavy: [...steps, ...steps, ...steps],
  attempt: async (_, { story, at, ends }) => {
    const { manner, kills } = stories[story] as Story;
    const scene = await openScene(manner);
    try {
      for (const step of at) await scene.dieAt(step, { kills });
      await scene.takeOver({ kills: kills && 'at once' });
      return await misjudged(scene, ends);
    } finally {
      await scene.close();
    }
  },
};
