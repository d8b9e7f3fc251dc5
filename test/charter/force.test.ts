import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../src/charter/differences.ts';
import {
  charterInForce,
  compare,
  contentsDigest,
  digestInForce,
  enforce,
  type Held,
  heldOf,
  keep,
  proposerOf,
  type Replacing,
} from '../../src/charter/force.ts';
import type { ActionId, PersonId } from '../../src/ids.ts';
import { transact } from '../../src/postgres/database.ts';
import { ada } from '../actions/story.ts';
import { databases } from '../databases.ts';

test('the digest is of the contents, however they are ordered', () => {
  expect(contentsDigest({ a: 1, b: { c: [2], d: undefined } })).toBe(contentsDigest({ b: { c: [2] }, a: 1 }));
  expect(contentsDigest({ a: [1, 2] })).not.toBe(contentsDigest({ a: [2, 1] }));
});

describe('what changes between two texts', () => {
  const rows: [before: unknown, after: unknown, lines: string[]][] = [
    [{ a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, []],
    [{ a: { b: 8 } }, { a: { b: 4 } }, ['a.b: 8 → 4']],
    [{ a: ['x'] }, { a: ['x', 'y'] }, ['a: ["x"] → ["x","y"]']],
    [{}, { a: { b: 1 } }, ['a: not set → {"b":1}']],
    [{ a: null, b: 'x' }, { a: 0 }, ['a: null → 0', 'b: "x" → not set']],
  ];
  test.each(rows)('%j, %j', (before, after, lines) => {
    expect(differences(before, after)).toEqual(lines);
  });
});

const person = 'p-gus' as PersonId;
const heldAs = (version: number, role = 'Operations worker'): Held =>
  heldOf('charter:ada', `ada@${version}`, { ...ada, version, role });
const one = heldAs(1);
const two = heldAs(2, 'Night worker');

describe.each(databases.filter(({ available }) => available))('what is in force on $name', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    database = await open();
    await transact(database.db, async (tx) => {
      for (const held of [one, two, two]) await keep(tx, held);
      await enforce(tx, replacing({ to: one.digest }), { person, action: null });
    });
  });
  afterAll(() => database.close());

  const replacing = (changed: Partial<Replacing>): Replacing => ({
    ...{ what: 'charter:ada', version: 'ada@1', from: 'none', to: two.digest },
    ...changed,
  });

  const rows: [what: string, Replacing][] = [
    ['what replaces nothing, where there is something', replacing({ version: 'ada@2' })],
    ['what replaces something else', replacing({ version: 'ada@2', from: contentsDigest('') })],
    ['another version than its text has', replacing({ from: one.digest })],
    ['a text that is not kept', replacing({ from: one.digest, to: contentsDigest('') })],
    ['a charter as the policy', replacing({ what: 'policy', version: 'ada@2' })],
    ["a charter as somebody else's", replacing({ what: 'charter:bo', version: 'ada@2' })],
  ];
  test.each(rows)('%s does not come into force', async (_, given) => {
    const { db } = database;
    const result = await transact(db, (tx) => enforce(tx, given, { person: null, action: null }));
    expect(result.kind).toBe('refused');
    expect(await digestInForce(db, 'charter:ada')).toBe(one.digest);
    expect(await digestInForce(db, given.what)).toBe(given.what === 'charter:ada' ? one.digest : 'none');
  });

  test('what replaces what is there comes into force once, with who proposed it', async () => {
    const { db } = database;
    const given = replacing({ version: 'ada@2', from: one.digest });
    const action = 'act-1' as ActionId;
    const enforced = () => transact(db, (tx) => enforce(tx, given, { person: null, action }));
    expect(await transact(db, (tx) => proposerOf(tx, ada.worker))).toBe(person);
    expect([(await enforced()).kind, (await enforced()).kind]).toEqual(['adopted', 'already']);
    expect(await charterInForce(db, ada.worker)).toMatchObject({ version: 2, role: 'Night worker' });
    expect(await transact(db, (tx) => proposerOf(tx, ada.worker))).toBeUndefined();
  });

  const objects = expect.stringMatching(/^The charter of ada was changed but says version/);
  const compared: [Held, differences: string[], objection: unknown][] = [
    [two, [], undefined],
    [heldAs(3, 'Night worker'), ['version: 2 → 3'], undefined],
    [heldAs(10, 'Night worker'), ['version: 2 → 10'], undefined],
    [heldAs(2, 'Day worker'), ['role: "Night worker" → "Day worker"'], objects],
    [heldAs(1, 'Night worker'), ['version: 2 → 1'], objects],
  ];
  test.each(compared)('a text against what is in force: $version', async (held, lines, objection) => {
    const found = await compare(database.db, held);
    expect([found.differences, found.objection]).toEqual([lines, objection]);
  });
});
