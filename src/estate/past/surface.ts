import type { Surface } from '../../chat/surface.ts';

/**
 * A chat that only remembers: messages are numbered as Slack does, by the time they were posted, and have no link,
 * because nobody can open them.
 */
export function openSilentChat(now: () => Date): Surface {
  let last = { second: 0, nth: 0 };
  const next = () => {
    const second = Math.floor(now().getTime() / 1_000);
    last = { second, nth: last.second === second ? last.nth + 1 : 0 };
    return `${second}.${String(last.nth).padStart(6, '0')}`;
  };
  return {
    post: async () => ({ message: next() }),
    edit: async () => ({ kind: 'edited' }),
    find: async () => undefined,
    exists: async () => true,
    react: async () => {},
  };
}
