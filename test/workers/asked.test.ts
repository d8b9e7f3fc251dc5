import { describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { type Asked, understand } from '../../src/workers/asked.ts';
import type { Since } from '../../src/workers/since.ts';

const service = (id: string): Asked => ({ about: 'service', id });
const server = (id: string): Asked => ({ about: 'server', id });
const incident = (id: string): Asked => ({ about: 'incident', id });
const how = (id: string): Asked => ({ about: 'how', id });
const changes = (since: Since, id?: string): Asked => ({ about: 'changes', since, ...(id && { id }) });
/** A name that is none, and the id that is nearest. */
const unknown = (name: string, near: string) => ({
  about: 'unknown',
  name,
  near: expect.arrayContaining([near]) as string[],
});
const help: Asked = { about: 'help' };

describe('in a channel', () => {
  const rows: [text: string, asked: object][] = [
    ['what is happening with checkout?', service('checkout')],
    ['What is happening with Checkout?!', service('checkout')],
    ["how is *checkout*'s latency", how('checkout')],
    ['ada, how is db-02?', how('db-02')],
    ['how’s the catalog doing?', how('catalog')],
    ['How are DB-02 and checkout', how('db-02')],
    ['ada, how is db-2?', unknown('db-2', 'db-02')],
    ['how is the queue', unknown('queue', 'queue-01')],
    ['how is chekout?', unknown('chekout', 'checkout')],
    ['how is it going?', help],
    ['how is the weather', help],
    ['what changed since 14:00?', changes({ kind: 'clock', hour: 14, minute: 0 })],
    ['ada, what changed since 14:00', changes({ kind: 'clock', hour: 14, minute: 0 })],
    ['what has changed on checkout since yesterday?', changes({ kind: 'day', daysBack: 1 }, 'checkout')],
    ["what's been deployed in the last 2 hours", changes({ kind: 'ago', minutes: 120 })],
    ['changes of db-01 in the last day', changes({ kind: 'ago', minutes: 1_440 }, 'db-01')],
    ['what changed?', changes({ kind: 'ago', minutes: 240 })],
    ['what changed on db-2 since 14:00?', unknown('db-2', 'db-02')],
    ['what changed on inc-3?', incident('inc-3')],
    ['checkout...', service('checkout')],
    ['is the #payments-service down', help],
    ['payments and orders?', service('payments')],
    ['what about app-01?', server('app-01')],
    ['APP-01.', server('app-01')],
    ['is checkout on app-01 slow', server('app-01')],
    ['app-012', help],
    ['my-checkout', help],
    ['inc-1', incident('inc-1')],
    ['tell me about INC-12, please', incident('inc-12')],
    ['inc-1 on checkout', incident('inc-1')],
    ['zinc-1', help],
    ['inc-', help],
    ['why?', { about: 'why', id: undefined }],
    ['why did you do inc-3', { about: 'why', id: 'inc-3' }],
    ['why is search slow', { about: 'why', id: undefined, service: 'search' }],
    ['approvals', { about: 'approvals' }],
    ['is anything waiting?', { about: 'approvals' }],
    ['incidents', { about: 'incidents' }],
    ["what's wrong", { about: 'incidents' }],
    ['what’s going on?', { about: 'incidents' }],
    ['what is broken?', { about: 'incidents' }],
    ['status', { about: 'status' }],
    ['who is on shift?', { about: 'status' }],
    ['standup', { about: 'standup' }],
    ['give me the stand-up', { about: 'standup' }],
    ['are you human?', { about: 'human' }],
    ['Are you a bot', { about: 'human' }],
    ['hey, are you an AI?', { about: 'human' }],
    ['you are a bot', help],
    ['help', help],
    ['', help],
    ['   ', help],
    ['hello', help],
    ['🔥🔥🔥', help],
    ['\u0000\uD800 <script>', help],
    ['a'.repeat(10_000), help],
    [`${'x '.repeat(5_000)}checkout`, service('checkout')],
    [`inc-${'9'.repeat(30)}`, incident(`inc-${'9'.repeat(30)}`)],
  ];
  test.each(rows)('%.60s', (text, asked) => {
    expect(understand(text, fernwood, undefined)).toEqual(asked);
  });
});

describe('in the thread of an incident', () => {
  const rows: [text: string, asked: Asked][] = [
    ['why?', { about: 'why', id: 'inc-7' }],
    ['why is search slow', { about: 'why', id: 'inc-7' }],
    ['what do you think happened?', { about: 'why', id: 'inc-7' }],
    ['What do you know?', { about: 'why', id: 'inc-7' }],
    ['what happened on inc-3?', { about: 'why', id: 'inc-3' }],
    ['how sure are you?', { about: 'why', id: 'inc-7' }],
    ["what's the cause?", { about: 'why', id: 'inc-7' }],
    ['what do you know about search?', service('search')],
    ['what is happening?', incident('inc-7')],
    ['status', incident('inc-7')],
    ['hm', incident('inc-7')],
    ['inc-3', incident('inc-3')],
    ['and search?', service('search')],
    ['how is search?', how('search')],
    ['how is it going?', incident('inc-7')],
    ['approvals', { about: 'approvals' }],
    ['are you human', { about: 'human' }],
  ];
  test.each(rows)('%s', (text, asked) => {
    expect(understand(text, fernwood, 'inc-7')).toEqual(asked);
  });
});

test('ten thousand characters take no time, whatever they are', () => {
  for (const text of [
    '.'.repeat(10_000),
    'are you '.repeat(1_250),
    'inc-'.repeat(2_500),
    'how is '.repeat(1_500),
    'what changed since last 1'.repeat(400),
    ' '.repeat(10_000),
  ]) {
    const begun = performance.now();
    understand(text, fernwood, undefined);
    expect(performance.now() - begun).toBeLessThan(250);
  }
});
