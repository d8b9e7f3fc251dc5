// People steer an incident, on both surfaces and through the whole product: declared, rated, escalated, told to leaders.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Incident } from '../../src/incidents/incident.ts';
import { openIncidents } from '../../src/incidents/read.ts';
import { channel, openBoth } from './both-product.ts';

let both: Awaited<ReturnType<typeof openBoth>>;
beforeAll(async () => {
  both = await openBoth();
}, 60_000);
afterAll(() => both.close());

const slow = { timeout: 20_000 };
const header = ({ blocks }: { blocks: { text?: { text: string } }[] }) => blocks[0]?.text?.text ?? '';
const inSlack = (title: RegExp) => both.inSlackStands().filter((one) => title.test(header(one)));
const inTeams = (title: RegExp) => both.titlesInTeams().filter((one) => title.test(one));
const bothRead = async (title: RegExp) => {
  await expect.poll(() => inSlack(title).length, slow).toBeGreaterThan(0);
  await expect.poll(() => inTeams(title).length, slow).toBeGreaterThan(0);
};
const opened = async (): Promise<Incident> => {
  const [one] = await openIncidents(both.wired.store.db);
  if (!one) throw new Error('Nothing is open.');
  return one;
};

test('declared by a command in Slack it is opened, and leaders are told in plain words', async () => {
  expect(await both.commandsInSlack('gale', 'declare')).toBe('');
  await expect.poll(() => both.formsInSlack()).toEqual(['Declare an incident']);
  expect(await both.commandsInSlack('gale', 'declare search it finds nothing sev2')).toContain(
    'is opened on Search',
  );
  await bothRead(/Search: it finds nothing$/);
  await bothRead(/Search: (we are looking into a problem|a problem needs our people)$/);
  expect(await opened()).toMatchObject({ severity: 2, severityBy: 'gale', said: { person: 'gale' } });
}, 60_000);

test('declared again by a mention in Teams the open one is named', async () => {
  const { id } = await opened();
  await both.saysInTeams('greer', '1801', 'declare search it is slow');
  const known = `${id} is open on Search already: say it in its thread. Add "anyway" to open another.`;
  await expect.poll(() => both.answers(), slow).toEqual([known]);
  await both.saysInTeams('greer', '1802', 'declare');
  await expect.poll(() => both.answers(), slow).toEqual([known, 'Which service, and what is wrong?']);
  expect(await both.inTeams('greer', { do: 'declare' })).not.toBe('');
}, 60_000);

test('said in its thread on either surface it is rated, escalated and ended by a word', async () => {
  const { id } = await opened();
  const subject = `incident:${id}`;
  const [slack, teams] = ['slack:C01APPROVALS', `teams:${channel}`];
  await both.saysInTeams('greer', '1811', 'sev 1', await both.shownAt(subject, 'parent', teams));
  await bothRead(/SEV1 from here on$/);
  await both.inSlack('gale', { do: 'escalate', incident: id });
  await expect.poll(() => both.formsInSlack().at(-1)).toBe('Escalate');
  await both.saysInSlack(
    'gale',
    'escalate: nobody knows Search',
    await both.shownAt(subject, 'parent', slack),
  );
  await bothRead(new RegExp(`${id} needs a person$`));
  await both.saysInSlack(
    'greer',
    'what do you think happened?',
    await both.shownAt(subject, 'parent', slack),
  );
  await expect.poll(() => inSlack(new RegExp(`happened on ${id}$`)).length, slow).toBe(1);
  await both.inTeams('greer', { do: 'resolved', incident: id });
  await bothRead(/Over, by a person’s word$/);
  await bothRead(/Search: works as usual again$/);
  expect(await both.entries('incident.resolved')).toMatchObject([{ by: { person: 'greer' } }]);
  expect((await both.entries('incident.escalated')).at(-1)).toMatchObject({ by: { person: 'gale' } });
}, 120_000);
