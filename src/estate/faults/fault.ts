import type { Inventory } from '../../inventory/inventory.ts';

/** Where a fault strikes. `version` is what was deployed when it is a deployment, `replaces` what ran before. */
export interface Target {
  service: string;
  server?: string;
  version?: string;
  replaces?: string;
  /** How long it creeps before anything fails, in minutes. */
  leadMinutes?: number;
  /** How strong it is, as a multiple of what is usual of its kind; 1 when it does not say. */
  magnitude?: number;
}

/** Pulls every series of `metric` with these labels by a share of its usual level, in a straight line. */
export interface Bend {
  metric: string;
  labels: Record<string, string>;
  /** 1 adds the usual level once more, −1 takes all of it away. */
  by: number;
  /** Seconds from the fault's start to the bend's. */
  after: number;
  /** Seconds from the bend's start until it is all there. */
  over: number;
}

/** A log line that comes again and again while the fault lasts. */
export interface Cry {
  labels: { app: string; level: 'info' | 'error'; instance?: string };
  /** Seconds from the fault's start to the first line. */
  after: number;
  /** Seconds from line to line. */
  every: number;
  text(nth: number): string;
}

export interface Scene {
  inventory: Inventory;
  /** What of a service runs now, and what its next deployment would be called. */
  versions(service: string): { now: string; next: string };
}

/** One way for the company to break. All its seconds are at speed 1. */
export interface Fault {
  name: string;
  /** One line of help. */
  says: string;
  /** Where it can strike, the best story first. */
  places(scene: Scene): Target[];
  bends(target: Target, inventory: Inventory): Bend[];
  cries(target: Target): Cry[];
  /** The AWX template that mends it, and with which variables. */
  mend: { template: string; fits(target: Target, extraVars: Record<string, string>): boolean };
  /** Seconds from the mend until everything is as before. */
  recovery: number;
}
