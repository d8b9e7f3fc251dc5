// What managers and governors may ask for in chat: digest, scorecards, maturity. Everybody may see them.
import { fleetTold } from './at-home.ts';
import { say } from './commanded.ts';
import { digestTold } from './digested.ts';
import type { Core } from './handlers.ts';
import { calibrationTold, maturityTold, scorecardTold } from './scored.ts';
import type { Command } from './workers/command.ts';

/** The commands that answer with figures. */
export function reports(
  core: Core,
  surface: string,
): (Omit<Command, 'says' | 'word'> & {
  word: 'fleet' | 'digest' | 'scorecard' | 'calibration' | 'maturity';
})[] {
  return [
    { word: 'fleet', answer: (_, rest) => fleetTold(core, surface, rest) },
    { word: 'digest', answer: (_, rest) => digestTold(core, rest) },
    {
      word: 'scorecard',
      answer: async (desk, rest) => {
        const told = await scorecardTold(core, rest);
        return typeof told === 'string' ? say(desk, told) : told;
      },
    },
    { word: 'calibration', answer: () => calibrationTold(core) },
    { word: 'maturity', answer: () => maturityTold(core) },
  ];
}
