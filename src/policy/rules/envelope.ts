import type { Facts, Kind, Said } from '../facts.ts';

/** The worker's charter: what is not named there is outside it. */
export function envelope({ tool, worker }: Facts): Said {
  const { autonomous, notify, ask, never } = worker.authority;
  const say = (kind: Kind, because: string): Said => ({ rule: 'envelope', kind, because });
  if (never.includes(tool.name)) return say('refuse', `${worker.name}'s charter says never to ${tool.name}.`);
  if (ask.includes(tool.name)) return say('ask', `${worker.name}'s charter has ${tool.name} asked for.`);
  if (notify.includes(tool.name))
    return say('notify', `${worker.name}'s charter lets ${tool.name} run and be told of.`);
  if (autonomous.includes(tool.name))
    return say('allow', `${worker.name}'s charter lets ${tool.name} run alone.`);
  return say(
    'refuse',
    `${tool.name} is outside ${worker.name}'s charter: add it there or have a person do it.`,
  );
}
