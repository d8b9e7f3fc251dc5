import type { Card } from '../src/chat/card.ts';
import { openSlackDoor } from '../src/chat/slack/door.ts';
import { openSlackSurface } from '../src/chat/slack/send.ts';
import type { Workspace } from '../src/estate/workspace.ts';
import type { PersonId } from '../src/ids.ts';
import { press, type Tap } from './wire.ts';

interface Asked {
  workspace: Workspace;
  tap: Tap;
  count: number;
  channel: string;
  user: string;
}

/**
 * The floor: a click that goes through the same door and sender and comes back as an edit at once, with no
 * people, policy, database, jobs or audit between. Milliseconds from click to acknowledged edit.
 */
export async function bareClicks({ workspace, tap, count, channel, user }: Asked): Promise<number[]> {
  const log = { info: () => {}, warn: console.error, error: console.error };
  const speech = { mention: (person: PersonId) => `<@${person}>`, times: 'utc' as const };
  const { botToken, appToken, apiUrl } = workspace;
  const nothing = async () => ({ kind: 'nothing' as const });
  const door = openSlackDoor({
    botToken,
    mode: { kind: 'socket', appToken },
    now: () => new Date(),
    turnedAway: () => {},
    apiUrl,
    speech,
    log,
    handlers: {
      heard: async () => {},
      submitted: nothing,
      commanded: nothing,
      home: async () => cardOf('Home'),
      current: async () => undefined,
      welcomed: async () => ({ kind: 'nothing' }),
      refused: async () => {},
      pressed: async ({ place, message }) => {
        void surface.edit(place, message, cardOf('Approved'), 'bare');
        return { kind: 'nothing' };
      },
    },
  });
  const surface = openSlackSurface({ client: door.client, speech, log });
  await door.start();
  const taken: number[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const before = performance.now();
    await surface.post({ place: `slack:${channel}` }, cardOf('Please decide', nth), 'bare');
    const posted = await tap.call('a bare card', before, (call) => call.channel === channel);
    const begun = performance.now();
    const edited = tap.call(
      'a bare edit',
      begun,
      ({ method, ts }) => method === 'chat.update' && ts === posted.ts,
    );
    await press(workspace.url, user, posted, 'Approve');
    taken.push((await edited).at - begun);
  }
  await door.stop();
  return taken;
}

function cardOf(title: string, nth?: number): Card {
  const by = { name: 'Ada', role: 'Bare', avatar: ':owl:' };
  const button = { label: 'Approve', intent: { do: 'approve' as const, approval: `apr-${nth}` as never } };
  return {
    by,
    tone: 'waiting',
    title,
    blocks: [
      { kind: 'text', text: 'Restart service-01 on server-01?' },
      ...(nth === undefined ? [] : [{ kind: 'buttons' as const, buttons: [button] }]),
    ],
    fallback: title,
  };
}
