// What breaks in a made-up past or in the incident bench, when, where and how much, and what only looks like it: all from one seed.
import type { Fault, Target } from '../faults/fault.ts';
import { versionsAt } from '../versions.ts';
import type { World } from '../world.ts';

/** Something that begins at a unix millisecond. */
export interface Begun {
  fault: Fault;
  target: Target;
  at: number;
}

/** One run: what breaks, and what besides happens and must be left alone. */
export interface Drawn {
  faults: Begun[];
  herrings: Begun[];
  /** How long the person who is asked takes to approve, in milliseconds. */
  answerMs: number;
}

export interface Drawing {
  random(): number;
  /** The kinds of faults, each as often as the others. */
  kinds: Fault[];
  /** What looks like them and is none. */
  herrings: Fault[];
}

const pairs = 0.15;
const withHerring = 0.4;
const minute = 60_000;
const second = 1_000;

/** Draws runs one after the other; `most` faults are left to be drawn. */
export function openDraw({ random, kinds, herrings }: Drawing) {
  let bag: Fault[] = [];
  const next = () => {
    if (bag.length === 0) bag = shuffled(kinds, random);
    return bag.pop() as Fault;
  };
  return (world: World, from: number, most: number): Drawn => {
    const place = (fault: Fault, at: number, others: Begun[]) => struck({ random, world, others }, fault, at);
    const first = place(next(), from, []);
    const isPair = most > 1 && random() < pairs;
    const later = from + Math.floor(random() * 60) * second;
    const faults = [...first, ...(isPair ? place(next(), later, first) : [])];
    const before = from - Math.floor((1 + 14 * random()) * minute);
    const also = random() < withHerring ? place(picked(herrings, random), before, faults) : [];
    return { faults, herrings: also, answerMs: Math.floor(15 + 60 * random()) * second };
  };
}

interface Striking {
  random(): number;
  world: World;
  /** What is broken already: another place is struck. */
  others: Pick<Begun, 'target'>[];
}

/** Where a fault strikes at a unix millisecond and how hard; nothing when no place is left. */
export function struck({ random, world, others }: Striking, fault: Fault, at: number): Begun[] {
  const places = fault
    .places({
      inventory: world.inventory,
      versions: (service) => versionsAt(world, service, new Date(at)),
    })
    .filter((place) => !others.some(({ target }) => overlap(place, target)));
  if (places.length === 0) return [];
  const magnitude = 0.6 + random();
  return [{ fault, target: { ...picked(places, random), magnitude }, at }];
}

/** One of them, each as likely. */
export function picked<T>(all: T[], random: () => number): T {
  return all[Math.floor(random() * all.length)] as T;
}

/** The same in another order. */
export function shuffled<T>(all: T[], random: () => number): T[] {
  return all
    .map((one): [number, T] => [random(), one])
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}

function overlap(a: Target, b: Target): boolean {
  return a.service === b.service || (a.server !== undefined && a.server === b.server);
}
