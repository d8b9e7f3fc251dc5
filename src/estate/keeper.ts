import type { Db } from '../postgres/database.ts';
import type { Order } from './awx.ts';
import { fernwood } from './company.ts';
import { faults } from './faults/all.ts';
import type { Fault, Target } from './faults/fault.ts';
import { share } from './noise.ts';
import { insertBreakage, insertJob, load, saveCancelled, saveSettled } from './store.ts';
import { targetsOf } from './targets.ts';
import { versionsAt } from './versions.ts';
import { type AwxJob, type Breakage, type Settled, settle, type World } from './world.ts';

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
  /** What has ended and is not written yet, in the order it ended. */
  #unsaved: Settled[] = [];

  private constructor(world: World, { db, now }: Settings) {
    this.world = world;
    this.#db = db;
    this.#now = now;
  }

  /** The world as the database last saw it. */
  static async open(settings: Settings): Promise<Keeper> {
    const { db, speed, seed } = settings;
    const { changes, ...kept } = await load(db);
    const targets = targetsOf(fernwood, changes);
    return new Keeper({ inventory: fernwood, faults, speed, seed, ...kept, targets }, settings);
  }

  /** The time, with everything that has ended by then ended: nobody may read the world without it. */
  look(): Date {
    const at = this.#now();
    const settled = settle(this.world, at);
    if (settled.jobs.length > 0) {
      this.#unsaved.push(settled);
      // A write that fails does no harm: the next one takes it along, and after a restart the same jobs come to
      // the same end.
      this.#inTurn(() => this.#save()).catch(() => {});
    }
    return at;
  }

  /** Together or not at all: a job must not be found running whose followers have ended. */
  async #save(): Promise<void> {
    const unsaved = [...this.#unsaved];
    await saveSettled(this.#db, unsaved);
    this.#unsaved = this.#unsaved.slice(unsaved.length);
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

  /** Ends a job that has not ended: it changes nothing. False when it had. Stored before it is told of; throws when the database does. */
  async cancel(job: AwxJob): Promise<boolean> {
    const finishesAt = this.look();
    if (job.status !== 'running') return false;
    const { finishesAt: would } = job;
    Object.assign(job, { status: 'canceled', finishesAt } satisfies Partial<AwxJob>);
    try {
      await this.#inTurn(() => saveCancelled(this.#db, job));
    } catch (error) {
      Object.assign(job, { status: 'running', finishesAt: would } satisfies Partial<AwxJob>);
      throw error;
    }
    return true;
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
