// What a mention that is a command comes to, however often its delivery is handled.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kills } from '../src/actions/kill.ts';
import type { Heard } from '../src/chat/door.ts';
import { type Core, commandedBy, doorHandlers } from '../src/handlers.ts';
import { peopleOf } from '../src/people/people.ts';
import { ada, maria, openStory, type Story } from './actions/story.ts';
import { databases } from './databases.ts';

for (const { name, available, open } of databases) describeOn(name, available, open);

function describeOn(name: string, available: boolean, open: (typeof databases)[number]['open']) {
  let story: Story;
  let core: Core;
  const told: string[] = [];
  const account = 'slack:U01';
  beforeAll(async () => {
    if (!available) return;
    story = await openStory(await open());
    core = {
      store: { ...story.gateway, tell: async (scope: string) => told.push(scope) > 0 },
      notes: { note: async () => {} },
      people: peopleOf([{ ...maria, name: 'Maria', roles: ['on-call', 'governor'], accounts: [account] }]),
      standings: { standingOf: async () => 'member' },
      responder: { gateway: story.gateway },
      desk: { by: { name: 'Ada', role: 'Worker', avatar: ':owl:' } },
      charter: ada,
      team: { workers: () => [ada] },
      site: { commands: [] },
    } as unknown as Core;
  });
  afterAll(() => story?.close());
  const given = (text: string, delivery: string) =>
    commandedBy(core, account, text, { id: delivery, direct: false });
  const asked = 'ask ada restart-service server=web-1';

  test.skipIf(!available)(`on ${name} a deed is asked for once for each delivery`, async () => {
    const actions = async () =>
      (
        await story.gateway.db
          .selectFrom('action' as never)
          .selectAll()
          .execute()
      ).length;
    expect((await given(asked, 'dlv-1'))?.title).toContain('put before the gateway');
    await given(asked, 'dlv-1');
    expect(await actions()).toBe(1);
    await given(asked, 'dlv-2');
    expect(await actions()).toBe(2);
  });

  test.skipIf(!available)(
    `on ${name} a switch is thrown at the door, before the message is kept`,
    async () => {
      const heard: Heard = { account, place: 'slack:C01', message: '1.1', text: 'kill ada', direct: false };
      const full = {
        ...core,
        store: {
          ...core.store,
          queue: { ...core.store.queue, add: () => Promise.reject(new Error('full')) },
        },
      };
      await expect(doorHandlers(full).heard(heard)).rejects.toThrow('full');
      expect(told).toContain('worker:ada');
      expect(await kills(story.gateway.db)).toMatchObject([{ scope: 'worker:ada', by: maria.id }]);
      await doorHandlers(core).heard(heard);
      expect((await given(heard.text, 'dlv-3'))?.title).toBe('The kill switch for worker:ada is thrown.');
    },
  );
}
