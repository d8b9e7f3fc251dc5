import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

const view = z.object({
  blocks: z.array(z.object({ block_id: z.string(), element: z.object({ action_id: z.string() }) })),
});
const event = z.looseObject({ t: z.string() });
type ScreenEvent = z.infer<typeof event>;

function topView(one: ScreenEvent): z.infer<typeof view> | undefined {
  const stack =
    one.t === 'init' ? z.object({ modalStack: z.array(z.unknown()) }).parse(one.state).modalStack : one.stack;
  const top = z.array(z.unknown()).parse(stack).at(-1);
  return top === undefined ? undefined : view.parse(top);
}

/** Fills and sends the form that is open, as the browser would: the control API cannot. */
export async function submitForm(
  url: string,
  user: string,
  answer: string,
  ms: number,
): Promise<Record<string, string>> {
  const screen = await openScreen(url, ms);
  try {
    const { blocks } = await screen.next((one) =>
      one.t === 'init' || one.t === 'view' ? topView(one) : undefined,
    );
    const [field] = blocks;
    if (!field) throw new Error('The open form has no field.');
    const values = {
      [field.block_id]: { [field.element.action_id]: { type: 'plain_text_input', value: answer } },
    };
    screen.send({ t: 'view_submit', user, values });
    return await screen.next((one) => {
      if (one.t === 'view_errors') return z.record(z.string(), z.string()).parse(one.errors);
      return one.t === 'view' && !topView(one) ? {} : undefined;
    });
  } finally {
    screen.close();
  }
}

async function openScreen(url: string, ms: number) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ui`);
  const heard: ScreenEvent[] = [];
  socket.addEventListener('message', ({ data }) => void heard.push(event.parse(JSON.parse(String(data)))));
  await once(socket, 'open');
  return {
    send: (what: object) => socket.send(JSON.stringify(what)),
    close: () => socket.close(),
    /** The first of the coming events that `pick` makes something of. */
    async next<T>(pick: (one: ScreenEvent) => T | undefined): Promise<T> {
      for (const end = Date.now() + ms; Date.now() < end; await wait(20)) {
        for (let one = heard.shift(); one !== undefined; one = heard.shift()) {
          const found = pick(one);
          if (found !== undefined) return found;
        }
      }
      throw new Error(`The local Slack's screen did not show it within ${ms} ms.`);
    },
  };
}
