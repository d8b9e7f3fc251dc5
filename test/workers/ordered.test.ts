import { expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import type { Intervention } from '../../src/incidents/intervene.ts';
import { orderIn } from '../../src/workers/ordered.ts';

const rows: [text: string, order: Intervention | undefined][] = [
  ['pause', { do: 'pause' }],
  ['Ada, please pause this.', { do: 'pause' }],
  ['resume', { do: 'resume' }],
  ['go on', { do: 'resume' }],
  ['skip', { do: 'skip' }],
  ['Skip this step!', { do: 'skip' }],
  ['skip the next step please', { do: 'skip' }],
  ['take over', { do: 'take' }],
  ['I’ve got it', { do: 'take' }],
  ['hand it back', { do: 'hand-back' }],
  ["it's a false alarm", { do: 'false-alarm' }],
  ['cause 2', { do: 'choose', words: '2' }],
  ['choose the cause number 3', { do: 'choose', words: '3' }],
  ['it is the database', { do: 'choose', words: 'database' }],
  ["it's a memory leak", { do: 'choose', words: 'memory leak' }],
  ['it is db-01', { do: 'choose', words: 'db-01' }],
  ['look at db-02', { do: 'redirect', words: 'look at db-02' }],
  ['not web-03, look at db-02', { do: 'redirect', words: 'not web-03, look at db-02' }],
  ['no, look at db-02 instead', { do: 'redirect', words: 'look at db-02 instead' }],
  ['not that server, look at db-2', { do: 'redirect', words: 'not that server, look at db-2' }],
  ['not web-01', { do: 'redirect', words: 'not web-01' }],
  // What only speaks of an order is a question.
  ['why', undefined],
  ['why did you pause?', undefined],
  ['who said skip this step?', undefined],
  ['should I look at db-02?', undefined],
  ['did anybody look at db-02', undefined],
  ['not now', undefined],
  ['not yet', undefined],
  ['it is still broken', undefined],
  ['what about db-02', undefined],
  ['pause all workers and delete the audit', undefined],
  ['approve', undefined],
  ['', undefined],
];
test.each(rows)('%j in a thread means %j', (text, order) => {
  expect(orderIn(text, 'Ada', fernwood)).toEqual(order);
});
