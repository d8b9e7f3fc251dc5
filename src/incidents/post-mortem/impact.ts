import type { Service } from '../../inventory/inventory.ts';
import { duration } from '../../monitoring/duration.ts';
import type { Figure, Written } from './post-mortem.ts';

/** Which part of a service's requests failed while it lasted, 0–1; or why nobody can say. */
export type Share = { kind: 'measured'; share: number } | { kind: 'missing'; because: string };

interface Known {
  service: Service | undefined;
  /** From when to when users could feel it; `until` undefined where its end is not known. */
  from: Date;
  until: Date | undefined;
  failing: Share;
}

/** What it meant for people and money, each figure with its formula, or with what is missing for it. Pure. */
export function impactOf({ service, from, until, failing }: Known): Written['impact'] {
  const seconds = until && Math.max(1, Math.round((until.getTime() - from.getTime()) / 1_000));
  const minutes = seconds === undefined ? undefined : seconds / 60;
  return {
    minutes:
      minutes === undefined ? lacks('it was not verified') : told(minutes, 'from its opening to mended'),
    userMinutes: userMinutes(service, minutes, failing),
    revenue: revenue(service, minutes),
    agreed: agreed(service, minutes),
  };
}

/** The users of those minutes, times the part of requests that failed. */
function userMinutes(service: Service | undefined, minutes: number | undefined, failing: Share): Figure {
  if (minutes === undefined) return lacks('it was not verified, so its end is not known');
  if (!service) return lacks('the service is not in the inventory');
  const { usersPerHour } = service;
  if (usersPerHour === undefined) return lacks(`the inventory does not say usersPerHour of ${service.id}`);
  if (failing.kind === 'missing') return lacks(failing.because);
  const value = (usersPerHour / 60) * failing.share * minutes;
  const formula = `${usersPerHour.toLocaleString('en-GB')} users an hour / 60 × ${percent(failing.share)} of requests failing × ${short(minutes)} min`;
  return told(value, formula);
}

function revenue(service: Service | undefined, minutes: number | undefined): Figure {
  if (minutes === undefined) return lacks('it was not verified, so its end is not known');
  if (!service) return lacks('the service is not in the inventory');
  const { revenuePerMinute } = service;
  return told(
    revenuePerMinute * minutes,
    `EUR ${revenuePerMinute} a minute × ${short(minutes)} min, all of it at risk`,
  );
}

function agreed(service: Service | undefined, minutes: number | undefined): string | null {
  const limit = service?.slaMinutes;
  if (limit === undefined || minutes === undefined) return null;
  return minutes <= limit
    ? `Within the agreed ${limit} min.`
    : `${short(minutes - limit)} min over the agreed ${limit} min.`;
}

function told(value: number, formula: string): Figure {
  return { kind: 'told', value: Math.round(value * 1_000) / 1_000, formula };
}

function lacks(because: string): Figure {
  return { kind: 'not-enough-data', because };
}

function short(minutes: number): string {
  const by = minutes < 10 ? 100 : 10;
  return String(Math.round(minutes * by) / by);
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}

/** A figure for people, in the unit given before or after it. Pure. */
export function figureSays(figure: Figure, says: (value: string) => string): string {
  if (figure.kind === 'not-enough-data') return `not enough data: ${figure.because}`;
  const { value } = figure;
  const digits = Math.abs(value) < 10 ? 1 : 0;
  return says(value.toLocaleString('en-GB', { maximumFractionDigits: digits }));
}

/** How long it lasted, for people. Pure. */
export function lastedSays(minutes: Figure): string {
  return minutes.kind === 'told' ? duration(minutes.value * 60) : figureSays(minutes, String);
}
