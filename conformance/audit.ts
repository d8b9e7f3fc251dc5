import fc from 'fast-check';
import { sql } from 'kysely';
import type { Entry, Kind } from '../src/audit/entry.ts';
import type { Chain } from '../src/audit/record.ts';
import type { Verified } from '../src/audit/verify.ts';
import type { Witnessed } from '../src/audit/witness.ts';
import { attacks, type Place } from './audit-attacks.ts';
import { openScene, type Scene, type Script, witnessOf } from './audit-chain.ts';
import { life } from './audit-entries.ts';
import { million, writers } from './audit-heavy.ts';
import { forged, onBytes, type Paper, papers, verifyPaper } from './audit-papers.ts';
import { copyOf, sealedAnew } from './audit-table.ts';
import { equal, type Judged, judge, openOf, truthOf } from './audit-truth.ts';
import type { Class } from './class.ts';

interface Tampering {
  script: Script;
  /** Whether some of the words beside the entries are erased, as they may be. */
  erased: boolean;
  /** Whether others write and take checkpoints while it is verified. */
  busy: boolean;
  paper: Paper;
  place: Place;
  /** What is done to the database, the witness or the paper; nothing in half of the attempts. */
  attack: string | null;
  /** Whether the product goes on afterwards. */
  goesOn: boolean;
}

type Case = Tampering | { heavy: 'writers' | 'million' };

const heavies = { writers, million };

const kinds: Kind[] = ['scrape.cycle', 'action.decided', 'door.refused', 'approval.reminded', 'kill.thrown'];
/** Any UTF-16 there can be, halves of characters and NUL as well. */
const anyText = fc.array(fc.nat(0xffff), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes));
const entry = fc.record(
  {
    kind: fc.constantFrom(...kinds),
    by: fc.constantFrom<Entry['by'][]>({ roster: 'monitor' }, { worker: 'ada', charter: 'ada@2' } as never),
    facts: fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
    because: fc.array(anyText, { maxLength: 2 }),
    words: fc.dictionary(fc.string({ minLength: 1, maxLength: 6 }), anyText, { maxKeys: 2 }),
  },
  { requiredKeys: ['kind', 'by'] },
) as fc.Arbitrary<Entry>;

const step = fc.record({
  chain: fc.constantFrom<Chain[]>('trial', 'trial', 'real'),
  entries: fc.oneof(
    { weight: 40, arbitrary: fc.integer({ min: 1, max: 30 }) },
    { weight: 1, arbitrary: fc.integer({ min: 900, max: 1_100 }) },
  ),
  writers: fc.integer({ min: 1, max: 4 }),
  waitMs: fc.constantFrom(0, 1_000, 20_000, 59_000, 61_000, 3_600_000),
});

const place = fc.oneof(fc.integer({ min: -30, max: -1 }), fc.nat(1_000_000));

/**
 * A chain, its witness, an export or a receipt changed by whoever owns the database: found whenever what was
 * changed lies at or before the last checkpoint, and never when nothing was.
 */
export const audit: Class<Case> = {
  name: 'audit',
  tries: { quick: 40, whole: 2_000 },
  atOnce: 1,
  heavy: [{ heavy: 'writers' }, { heavy: 'million' }],
  cases: fc.record({
    script: fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 6 }),
      said: fc.array(entry, { minLength: 1, maxLength: 4 }),
      witnessed: fc.constantFrom<Chain[][]>(['trial'], ['trial', 'real']),
      late: fc.oneof(fc.constant(0), fc.nat(20)),
    }),
    erased: fc.boolean(),
    busy: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    paper: fc.constantFrom<Paper[]>('whole', 'range', 'receipt'),
    place: fc.record({ at: place, other: place }),
    attack: fc.option<string>(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...Object.keys(attacks)) },
        { weight: 1, arbitrary: fc.constantFrom(...Object.keys(onBytes), 'forged') },
      ),
      { freq: 2 },
    ),
    goesOn: fc.boolean(),
  }),
  attempt: async (desk, given) => {
    if ('heavy' in given) return heavies[given.heavy](desk);
    const scene = await openScene(desk, given.script, life);
    try {
      return (await falseAlarm(scene, given)) ?? (await notFound(scene, given));
    } finally {
      scene.close();
    }
  },
};

/** What is wrong with a chain that nobody changed. */
async function falseAlarm(scene: Scene, given: Tampering): Promise<string | undefined> {
  const { script, erased, busy, place, paper } = given;
  const { rows } = await copyOf(scene.db);
  if (!equal(rows, sealedAnew(rows))) return 'The chain was not whole when it was written.';
  const late = tooLate(scene, script, openOf(rows, witnessOf(scene)));
  if (late) return late;
  if (erased)
    await sql`delete from audit_words where get_byte(digest, 0) % 2 = ${place.other % 2}`.execute(scene.db);
  const ways = [{}, { links: true }, { since: 1 + (Math.abs(place.at) % rows.length) }];
  const looks = ways.map((extent) => () => scene.verify(extent));
  const found = busy ? await whileOthersWrite(scene, looks) : await inTurn(looks);
  const alarm = found.find(({ kind }) => kind === 'broken');
  if (alarm) return `A false alarm: ${alarm.because}`;
  const said = await against(scene, { kind: 'same', because: 'Nothing was changed.' }, await scene.verify());
  if (said) return said;
  const file = await papers[paper](scene, place, rows.length);
  const offline = await verifyPaper(scene, file, scene.key);
  return offline.kind === 'broken' ? `A false alarm on a file: ${offline.because}` : undefined;
}

/** One a minute and every 1,000 entries: no window is wider once somebody looked. */
function tooLate(scene: Scene, { witnessed, late, steps }: Script, open: ReturnType<typeof openOf>) {
  for (const { chain, entries } of open.filter(({ chain }) => witnessed.includes(chain as Chain))) {
    const before = entries - (chain === steps[0]?.chain ? late : 0);
    const seconds = scene.secondsOpen(chain);
    if (before > 0 && (before >= 1_000 || seconds >= 61))
      return `${before} entries had no checkpoint for ${seconds} s.`;
  }
  return undefined;
}

type Look = () => Promise<Verified>;

async function inTurn(looks: Look[]): Promise<Verified[]> {
  const found: Verified[] = [];
  for (const look of looks) found.push(await look());
  return found;
}

async function whileOthersWrite(scene: Scene, looks: Look[]): Promise<Verified[]> {
  const [found] = await Promise.all([
    Promise.all([...looks, ...looks].map((look) => look())),
    scene.write('trial', life.slice(1, 3), 2),
    scene.look(1_000),
    scene.write('real', life.slice(1, 4), 3),
    scene.look(60_000),
  ]);
  return found;
}

/** What should have been found and was not, or the other way round. */
async function notFound(scene: Scene, given: Tampering): Promise<string | undefined> {
  const { attack, place, goesOn, script } = given;
  if (attack === null) return undefined;
  const change = attacks[attack];
  if (!change) return notFoundOffline(scene, given);
  const truth = await truthOf(scene);
  await change(scene, place);
  const judged = await judge(scene, truth);
  const found = await scene.verify();
  const because = await against(scene, judged, found);
  const unfound = judged.kind === 'open' && found.kind === 'intact';
  if (unfound && equal(witnessOf(scene), truth.lines)) tell(scene, script.witnessed, found.witnessed?.open);
  if (because || !goesOn) return because;
  const before = witnessOf(scene);
  await scene.write(script.witnessed[0] ?? 'trial', life.slice(0, 2));
  const taken = await scene.look(61_000);
  if (taken === 0) return 'No checkpoint is taken any more.';
  truth.later = witnessOf(scene).filter((line) => !before.includes(line));
  const again = judged.kind === 'same' ? judged : await judge(scene, truth);
  return against(scene, again, await scene.verify());
}

async function against(
  scene: Scene,
  { kind, because }: Judged,
  found: Verified,
): Promise<string | undefined> {
  if (found.kind === 'broken')
    return kind === 'same' ? `A false alarm: ${found.because} ${because}` : undefined;
  if (kind === 'found') return `It was not found. ${because} It said: ${found.because}`;
  const wanted = openOf((await copyOf(scene.db)).rows, witnessOf(scene));
  const open = [...(found.witnessed?.open ?? [])].sort((one, other) => (one.chain < other.chain ? -1 : 1));
  const fields = open.map(({ chain, after, entries }) => ({ chain, after, entries }));
  if (!equal(fields, wanted)) return `The open window is not the one it said: ${found.because}`;
  return undefined;
}

const widest = { entries: 0, seconds: 0 };

/** Says how wide the window was in which a change went unfound, whenever it was wider than before. */
function tell(scene: Scene, witnessed: Chain[], open: Witnessed['open'] = []): void {
  for (const { chain, entries } of open.filter((one) => witnessed.includes(one.chain as Chain))) {
    const seconds = scene.secondsOpen(chain);
    if (entries <= widest.entries && seconds <= widest.seconds) continue;
    widest.entries = Math.max(entries, widest.entries);
    widest.seconds = Math.max(seconds, widest.seconds);
    console.error(
      `audit: a change after the last checkpoint went unfound; the widest window so far: ${widest.entries} entries, ${widest.seconds} s.`,
    );
  }
}

async function notFoundOffline(scene: Scene, { paper, place, attack }: Tampering) {
  const { rows } = await copyOf(scene.db);
  const bytes = Buffer.from(await papers[paper](scene, place, rows.length));
  const alter = onBytes[attack ?? ''];
  const altered = alter ? alter(bytes, place) : await forged(scene, bytes, place);
  if (altered.equals(bytes)) return undefined;
  const found = await verifyPaper(scene, altered, scene.key);
  if (found.kind === 'intact') return `A changed file was not found: ${found.because}`;
  return undefined;
}
