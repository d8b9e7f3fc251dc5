import type { Amendment } from '../incidents/post-mortem/amend.ts';
import type { People } from '../people/people.ts';

/**
 * What these words, said in an incident's thread, make of its post-mortem; undefined when they are about something
 * else. `surface` is where they were said, such as `slack`: a mention is an account there. Pure.
 */
export function amendmentIn(
  text: string,
  worker: string,
  people: Pick<People, 'named'>,
  surface: string,
): Amendment | undefined {
  const words = withoutName(text.trim(), worker);
  const added = /^(?:add )?action:\s*(.+)$/is.exec(words)?.[1];
  if (added) return taskIn(added, people, surface);
  const done = /^action (\d{1,3}) (?:is )?done[.!]?$/i.exec(words)?.[1];
  if (done) return { do: 'task-done', nth: Number(done) };
  const correction = /^correction:\s*(.{3,})$/is.exec(words)?.[1];
  if (correction) return { do: 'correct-post-mortem', words: correction };
  return /^file (?:it|this|the post-?mortem)[.!]?$/i.test(words) ? { do: 'file-post-mortem' } : undefined;
}

/** "check the alert by 2026-12-01 @maria": the day and who it is may stand in any order, after what is to be done. */
function taskIn(words: string, people: Pick<People, 'named'>, surface: string): Amendment {
  const due = /\bby (\d{4}-\d{2}-\d{2})\b/i.exec(words);
  const whom = /@([^@]+?)[,.]?(?=\s+by \d|\s*$)/i.exec(words);
  const what = [due, whom].reduce((left, one) => (one ? left.replace(one[0], ' ') : left), words);
  return {
    do: 'add-task',
    what: what
      .replace(/\s+/g, ' ')
      .replace(/[\s,:]+$/, '')
      .trim(),
    owner: whom?.[1] ? (people.named(whom[1], surface)?.id ?? null) : null,
    due: due?.[1] ?? '',
  };
}

function withoutName(text: string, worker: string): string {
  const [first = '', ...rest] = text.split(/\s+/);
  const isName = first.replace(/[,:.]$/, '').toLowerCase() === worker.toLowerCase();
  return isName && rest.length > 0 ? text.slice(first.length).trim() : text;
}
