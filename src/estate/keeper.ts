import type { Db } from '../postgres/database.ts';
import type { Order } from './awx.ts';
import { fernwood } from './company.ts';
import type { Fault, Target } from './faults/fault.ts';
import { share } from './noise.ts';
import { insertBreakage, insertJob, load, saveSettled } from './store.ts';
import { versionsAt } from './versions.ts';
import { type AwxJob, type Breakage, settle, type World } from './world.ts';

export type Broken = { kind: 'broken'; fault: string; target: Target } | { kind: 'refused'; because: string };

interface Settings {
  db: Db;
  now: () => Date;
  speed: number;
  seed: number;
}

/** Keeps the world in memory, for every question, and in the database, for the next start. */
export class Keeper {
  readonly world: World;
  readonly #db: Db;
  readonly #now: () => Date;
  /** The last write that is under way: they go one after the other. */
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(world: World, { db, now }: Settings) {
    this.world = world;
    this.#db = db;
    this.#now = now;
  }

  /** The world as the database last saw it. */
  static async open(settings: Settings): Promise<Keeper> {
    const { db, speed, seed } = settings;
    return new Keeper({ inventory: fernwood, speed, seed, ...(await load(db)) }, settings);
  }

  /** The time, with everything that has ended by then ended: nobody may read the world without it. */
  look(): Date {
    const at = this.#now();
    const { jobs, mended } = settle(this.world, at);
    // A write that fails does no harm: after a restart the same jobs come to the same end.
    if (jobs.length > 0) this.#inTurn(() => saveSettled(this.#db, jobs, mended)).catch(() => {});
    return at;
  }

  /** Starts a job, stored before it is told of. Throws when the database does. */
  async launch(order: Order): Promise<AwxJob> {
    const launchedAt = this.look();
    const seconds = 3 + 5 * share(this.world.seed, launchedAt.getTime());
    const finishesAt = new Date(launchedAt.getTime() + (seconds * 1000) / this.world.speed);
    const job = await this.#inTurn(() => insertJob(this.#db, { ...order, launchedAt, finishesAt }));
    this.world.jobs.push(job);
    return job;
  }

  /** Breaks the next place that is whole, from `startedAt`; a first fault comes once per database. */
  strike(fault: Fault, startedAt: Date, first: boolean): Promise<Broken> {
    this.look();
    return this.#inTurn(async () => {
      const target = freePlace(this.world, fault, startedAt);
      if (!target)
        return { kind: 'refused', because: `Everything that could have a ${fault.name} is broken already.` };
      const breakage = await insertBreakage(this.#db, { name: fault.name, target, startedAt, first });
      if (!breakage)
        return { kind: 'refused', because: 'The first fault of this data folder has come before.' };
      this.world.breakages.push(breakage);
      return { kind: 'broken', fault: fault.name, target };
    });
  }

  /** What is broken and not mended, oldest first. */
  open(): Breakage[] {
    this.look();
    return this.world.breakages.filter(({ mendedAt }) => !mendedAt);
  }

  /** Waits for the last write. */
  async close(): Promise<void> {
    await this.#writing;
  }

  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(write);
    this.#writing = done.catch(() => {});
    return done;
  }
}

/** Where a fault strikes next: the first of its places in turn whose service and server are whole. */
function freePlace(world: World, fault: Fault, at: Date): Target | undefined {
  const places = fault.places({
    inventory: world.inventory,
    versions: (service) => versionsAt(world, service, at),
  });
  const before = world.breakages.filter(({ name }) => name === fault.name).length;
  const open = world.breakages.filter(({ mendedAt }) => !mendedAt).map(({ target }) => target);
  const shares = (a: Target, b: Target) =>
    a.service === b.service || (a.server !== undefined && a.server === b.server);
  const inTurn = places.map((_, nth) => places[(before + nth) % places.length]);
  return inTurn.find((place) => place && !open.some((other) => shares(place, other)));
}
