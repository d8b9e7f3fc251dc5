// A form in Teams: a card in place of the one that was clicked, which comes back when an answer does not do.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedTest } from '../databases.ts';
import { invoke, maria, ops, posted } from '../wire/teams-activity.ts';
import { refusedByTeams, shownByTeams } from './adaptive.ts';
import { approval, cardWith, question } from './cards.ts';
import { forms } from './forms.ts';
import { type OpenDoor, openDoor } from './teams-opened.ts';

let teams: OpenDoor;
beforeAll(async () => {
  teams = await openDoor(await openEmbeddedTest());
});
beforeEach(() => teams.forget());
afterAll(() => teams.close());

const here = () => teams.api.serviceUrl;
const account = `teams:${maria.aadObjectId}`;
const place = `teams:${ops}`;
const intent = JSON.stringify({ do: 'reject', approval });
const click = (changed: object = {}) => posted(invoke(here(), 'press', { intent }, changed));
const reject = forms.reject as NonNullable<typeof forms.reject>;

/** What answers a click: to the one who clicked, in its own response. */
async function answered(request: RequestInit): Promise<{ statusCode: number; type: string; value: never }> {
  const { status, body } = await teams.send(request);
  expect(status).toBe(200);
  expect(teams.api.calls).toEqual([]);
  return body;
}
const message = 'application/vnd.microsoft.activity.message';
const adaptive = 'application/vnd.microsoft.card.adaptive';

describe('a form', () => {
  /** Fills what was drawn, as a client does: what its submit sends, and the answer under the field's name. */
  const filled = async (answer: string, words = (data: Record<string, string>) => data) => {
    Object.assign(teams.told, { reply: { kind: 'form', form: reject }, card: question });
    const { value } = (await answered(click())) as {
      value: { body: { actions?: { data: Record<string, string> }[] }[] };
    };
    const data = value.body.at(-1)?.actions?.[0]?.data ?? {};
    teams.came.length = 0;
    return posted(invoke(here(), 'submit', words({ ...data, [data.field ?? '']: answer })));
  };

  test('is handed on, and the card comes back', async () => {
    const request = await filled('Not on a Friday.');
    teams.told.reply = { kind: 'nothing' };
    expect(shownByTeams((await answered(request)).value)).toContain('Approve');
    expect(teams.came[0]).toEqual([
      'submitted',
      { account, intent: reject.intent, answer: 'Not on a Friday.' },
    ]);
  });

  test('with an answer that does not do comes back with what was wrong, what was typed and its card', async () => {
    const wrong = 'Say why in a few words: the worker learns from it.';
    let request = await filled('no');
    teams.told.reply = { kind: 'note', text: wrong };
    const { type, value } = await answered(request);
    expect(type).toBe(adaptive);
    expect(refusedByTeams(value)).toEqual([]);
    const shown = shownByTeams(value);
    expect(shown).toEqual(
      expect.arrayContaining([`⚠ ${wrong}`, 'Why not?', '🟡 May I? Roll back checkout to 4.2.0']),
    );
    expect(JSON.stringify(value)).toContain('"value":"no"');
    const { body } = value as { body: { actions?: { data: Record<string, string> }[] }[] };
    const again = body.at(-1)?.actions?.[0]?.data ?? {};
    request = posted(invoke(here(), 'submit', { ...again, reason: 'Not on a Friday.' }));
    teams.told.reply = { kind: 'nothing' };
    expect(shownByTeams((await answered(request)).value)).toContain('Approve');
  });

  test('with several fields hands on each, and comes back with each as it was typed', async () => {
    const task = forms['add-task'] as NonNullable<(typeof forms)['add-task']>;
    Object.assign(teams.told, { reply: { kind: 'form', form: task }, card: question });
    const { value } = (await answered(click())) as {
      value: { body: { actions?: { data: Record<string, string> }[] }[] };
    };
    const data = value.body.at(-1)?.actions?.[0]?.data ?? {};
    const typed = { what: 'Check it', owner: 'Maria', due: 'soon', verb2: 'x' };
    teams.came.length = 0;
    teams.told.reply = { kind: 'note', text: 'Say by when.', field: 'due' };
    const again = await answered(posted(invoke(here(), 'submit', { ...data, ...typed })));
    expect(teams.came[0]).toEqual([
      'submitted',
      { account, intent: task.intent, answer: 'Check it', more: { owner: 'Maria', due: 'soon' } },
    ]);
    expect(refusedByTeams(again.value)).toEqual([]);
    for (const text of ['Check it', 'Maria', 'soon'])
      expect(JSON.stringify(again.value)).toContain(`"value":"${text}"`);
    expect(shownByTeams(again.value)).toContain('⚠ Say by when.');
  });

  test('says at first what stands in its fields', async () => {
    const edit = forms['edit-post-mortem'] as NonNullable<(typeof forms)['edit-post-mortem']>;
    Object.assign(teams.told, { reply: { kind: 'form', form: edit }, card: question });
    expect(JSON.stringify((await answered(click())).value)).toContain('"value":"Answer sooner."');
  });

  test('that somebody changed on the way says only less', async () => {
    const changed: ((data: Record<string, string>) => Record<string, string>)[] = [
      ({ form: _, ...rest }) => rest,
      (data) => ({ ...data, form: '{"title":7}' }),
      (data) => ({ ...data, form: '{' }),
    ];
    for (const words of changed) {
      const request = await filled('no', words);
      teams.told.reply = { kind: 'note', text: 'Say why.' };
      expect(await answered(request)).toMatchObject({ type: message, value: 'Say why.' });
    }
  });

  test('without an answer, or with one that is no text, is empty', async () => {
    for (const reason of [undefined, 7, { a: 1 }, null]) {
      const data = { intent, field: 'reason', reason };
      await answered(posted(invoke(here(), 'submit', data)));
      expect(teams.came[0]).toMatchObject(['submitted', { answer: '' }]);
      teams.came.length = 0;
    }
  });

  test('under the largest card is still taken, and says at least what it is about', async () => {
    const much = { kind: 'quote' as const, text: 'x'.repeat(3_000) };
    const large = cardWith({ title: 'Much', blocks: Array.from({ length: 12 }, () => much) });
    Object.assign(teams.told, { reply: { kind: 'form', form: reject }, card: large });
    const { value } = await answered(click());
    expect(refusedByTeams(value)).toEqual([]);
    expect(shownByTeams(value)).toEqual(expect.arrayContaining(['⚪ Much', 'Why not?']));
  });

  test('is left by Cancel, which brings the card back and changes nothing', async () => {
    teams.told.card = question;
    expect(shownByTeams((await answered(posted(invoke(here(), 'refresh', {})))).value)).toContain('Approve');
    expect(teams.came).toEqual([['current', { account, place, message: '1700' }]]);
  });
});
