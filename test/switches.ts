import type { Switches } from '../src/switches.ts';

/** For an operator who throws no switch. */
export const noSwitches: Switches = {
  known: () => ({ workers: [], tools: [] }),
  tell: async () => false,
  board: () => Promise.reject(new Error('No switch is thrown here.')),
};
