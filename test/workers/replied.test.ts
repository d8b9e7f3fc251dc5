import { describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import type { PersonId } from '../../src/ids.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { peopleOf } from '../../src/people/people.ts';
import { meantBy, type Reply, replyIn } from '../../src/workers/replied.ts';
import { incident } from '../standup/rows.ts';

const people = peopleOf([{ id: 'maria' as PersonId, name: 'Maria', roles: [], accounts: ['slack:U01'] }]);
const names = ['Ada', 'Rex'];

function read(text: string): Reply | undefined {
  const name = names.find((one) => text.toLowerCase().startsWith(one.toLowerCase()));
  const worker = { name: name ?? 'Ada', isNamed: name !== undefined };
  return replyIn(text, { worker, people, surface: 'slack', inventory: fernwood });
}

describe('what a reply to a stand-up wants', () => {
  const order = (incidents: string[], wanted: object) => ({ kind: 'order', incidents, wanted });
  const rows: [text: string, reply: object | undefined][] = [
    ['Ada, skip web-01', { kind: 'leave', id: 'web-01' }],
    ['please leave db-01 alone.', { kind: 'leave', id: 'db-01' }],
    ['not checkout', { kind: 'leave', id: 'checkout' }],
    ['skip web-9', { kind: 'unclear' }],
    ['skip', order([], { do: 'skip' })],
    ['skip it', order([], { do: 'skip' })],
    ['skip inc-12', order(['inc-12'], { do: 'skip' })],
    ['skip web-01 in inc-12', order(['inc-12'], { do: 'redirect', words: 'not web-01' })],
    [
      'inc-12: not web-01, look at db-01',
      order(['inc-12'], { do: 'redirect', words: 'not web-01, look at db-01' }),
    ],
    ['pause inc-12', order(['inc-12'], { do: 'pause' })],
    ['Pause INC-12, please', order(['inc-12'], { do: 'pause' })],
    ['pause inc-12 and inc-7', order(['inc-12', 'inc-7'], { do: 'pause' })],
    ['pause', order([], { do: 'pause' })],
    ['resume', order([], { do: 'resume' })],
    ['resume with inc-12', order(['inc-12'], { do: 'resume' })],
    ['Rex, take inc-12 again', order(['inc-12'], { do: 'hand-back' })],
    ['Rex: take inc-12', order(['inc-12'], { do: 'hand-back' })],
    ['take inc-12', order(['inc-12'], { do: 'take' })],
    ['I take inc-12', order(['inc-12'], { do: 'take' })],
    ['take over inc-12', order(['inc-12'], { do: 'take' })],
    ['Rex, hand back inc-12', order(['inc-12'], { do: 'hand-back' })],
    ['hand back', order([], { do: 'hand-back' })],
    ['inc-12 is a false alarm', order(['inc-12'], { do: 'false-alarm' })],
    ['escalate inc-12: nobody knows it', order(['inc-12'], { do: 'escalate', words: 'nobody knows it' })],
    ['make inc-12 sev 1', order(['inc-12'], { do: 'severity', severity: 1 })],
    ['merge inc-12 into inc-7', order(['inc-12'], { do: 'merge', words: 'inc-7' })],
    ['reopen inc-12 because it is slow', order(['inc-12'], { do: 'reopen', words: 'it is slow' })],
    ['done with inc-12 task 2', order(['inc-12'], { do: 'task-done', nth: 2 })],
    ['inc-12 task 2 is done', order(['inc-12'], { do: 'task-done', nth: 2 })],
    ["I'm done with task 2 of inc-12", order(['inc-12'], { do: 'task-done', nth: 2 })],
    ['done with task 2', order([], { do: 'task-done', nth: 2 })],
    ['mine: yesterday db-02, today tests', { kind: 'mine', words: 'yesterday db-02, today tests' }],
    ['Me: on holiday\nuntil Friday', { kind: 'mine', words: 'on holiday\nuntil Friday' }],
    ['yesterday db-02, blocked by inc-12', { kind: 'mine', words: 'yesterday db-02, blocked by inc-12' }],
    ['Ada, mine: pause', { kind: 'mine', words: 'pause' }],
    // What only asks, or speaks of an order, changes nothing.
    ['what about inc-12?', undefined],
    ['why did you pause inc-12?', undefined],
    ['should we skip web-01?', undefined],
    ['what happened yesterday?', undefined],
    ['not now', undefined],
    ['thank you', undefined],
    ['is inc-12 over?', undefined],
  ];
  test.each(rows)('%s', (text, reply) => {
    if (reply === undefined) expect(read(text)).toBeUndefined();
    else expect(read(text)).toMatchObject(reply);
  });
});

describe('which incident is meant', () => {
  const open = [
    incident(12, 'search', 'remediating', { pausedBy: 'maria' as PersonId }),
    incident(13, 'orders', 'investigating'),
    incident(14, 'catalog', 'taken'),
  ];
  const of = (text: string, all: Incident[] = open) => {
    const reply = read(text);
    if (reply?.kind !== 'order') throw new Error(`${text} orders nothing.`);
    const meant = meantBy(reply, all);
    return meant.kind === 'these' ? meant.incidents.join() : meant.because;
  };
  const which = 'Say which incident you mean, such as inc-12: nothing was changed.';
  const rows: [text: string, all: Incident[], says: string][] = [
    ['pause inc-99', open, 'inc-99'],
    ['resume', open, 'inc-12'],
    ['hand back', open, 'inc-14'],
    [
      'pause',
      open,
      'Which one: inc-13 on orders or inc-14 on catalog? Say it with its number; nothing was changed.',
    ],
    [
      'false alarm',
      open,
      'Which one: inc-12 on search, inc-13 on orders or inc-14 on catalog? Say it with its number; nothing was changed.',
    ],
    ['pause', open.slice(1, 2), 'inc-13'],
    ['resume', open.slice(1), which],
    ['pause', [], which],
    // What is said of an incident that is over names it, even where one is open.
    ['reopen it', open.slice(1, 2), which],
    ['done with task 2', open.slice(1, 2), which],
  ];
  test.each(rows)('%s', (text, all, says) => {
    expect(of(text, all)).toBe(says);
  });

  test('of very many some are named', () => {
    const all = Array.from({ length: 9 }, (_, nth) => incident(nth, 'search', 'investigating'));
    expect(of('pause', all)).toMatch(/^Which one: inc-0 on search, .*inc-5 on search or one of 3 more\?/);
  });
});
