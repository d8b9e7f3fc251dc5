// The command line's verbs on the kill switch.
import type { Switched } from './actions/kill.ts';
import { type Given, type Said, type Verb, wrong } from './verb.ts';

export const killVerb: Verb = {
  name: 'kill',
  does: 'throw the kill switch: for all, one worker or one tool',
  help: `Usage: npm run roster -- kill [all|WORKER|TOOL]

Nothing it reaches begins from then on, and what is running is cancelled where the system outside can. Without a
name it is for all. The record says that the operator did it.

Exit code 1 when the database did not take it.`,
  options: {},
  run: (given) => switched(given, '/operator/kill'),
};

export const unkillVerb: Verb = {
  name: 'unkill',
  does: 'release the kill switch',
  help: `Usage: npm run roster -- unkill [all|WORKER|TOOL]

What was refused meanwhile stays refused. Without a name it is the switch for all.`,
  options: {},
  run: (given) => switched(given, '/operator/unkill'),
};

async function switched(given: Given, path: string): Promise<Said> {
  const [what = 'all', ...more] = given.rest;
  if (more.length > 0) return wrong('It takes one name at most: all, a worker or a tool.');
  return given.ask([path, { what }], async (answer) => {
    if (answer.kind === 'wrong') return wrong(answer.because);
    if (answer.kind === 'text')
      throw new Error('The running app answered with something else than a switch.');
    const { kind, because } = answer.value as Switched;
    return {
      code: kind === 'not-kept' ? 1 : 0,
      text: given.values.json ? JSON.stringify({ kind, because }) : because,
    };
  });
}
