import type { Facts, Said } from '../facts.ts';

/** Against what has not come yet nothing is done alone: a person weighs the deed against waiting. */
export function foretold({ foretold: prevents }: Facts): Said {
  const rule = 'foretold';
  if (!prevents) return { rule, kind: 'allow', because: 'It is not about something that is only foretold.' };
  return { rule, kind: 'ask', because: 'Nothing is broken yet: a person decides on what would prevent it.' };
}
