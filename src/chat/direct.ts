// Direct conversations as places: `slack:@U01ALICE` is the conversation of the app with that one account.
// Not how one is reached: each surface opens its own.
import type { Account } from './door.ts';

/** The place where an account, such as `slack:U01ALICE`, alone reads what the app says. */
export function directPlace(account: Account): string {
  return account.replace(':', ':@');
}

/** The account that alone reads a place; undefined for a channel or a conversation named by its own id. */
export function readerOf(place: string): Account | undefined {
  const [, surface, id] = /^(\w+):@(.*)$/s.exec(place) ?? [];
  return surface === undefined ? undefined : `${surface}:${id}`;
}

/** The places under which a message may be kept: in the chat of one person with the app, theirs as well. */
export function namesOf(place: string, account: Account | undefined): string[] {
  return account !== undefined && isChat(place) ? [place, directPlace(account)] : [place];
}

/** Slack's ids of direct conversations begin with D; Teams' of channels and groups end in `@thread.…`. */
function isChat(place: string): boolean {
  return place.startsWith('slack:D') || (place.startsWith('teams:') && !place.includes('@thread.'));
}
