import { codeOf } from './slack/text.ts';

/**
 * What a card has room for: Slack takes 3,000 characters a part and about 13,000 a message, of which a card
 * keeps 11,000. Who is asked and the warnings stand before it with up to 3,000 each and some lines of answers.
 */
const most = 2_800;

/** Whether every surface shows `text` whole as one piece of code, with all that its drawing adds: `&` takes five characters. */
export function isShownWhole(text: string): boolean {
  return JSON.stringify(codeOf(text)).length <= most;
}
