import type { IncidentId } from '../../ids.ts';
import { duration } from '../duration.ts';
import type { Finding } from '../finding.ts';
import { listed } from './blind.ts';
import type { Catalog, Subject } from './catalog.ts';
import type { Moment } from './moment.ts';
import { matchOf, type Signatures, type Warning, watchFor } from './precursor.ts';
import { answers } from './unseen.ts';
import { openVectors } from './vectors.ts';
import type { View } from './view.ts';

/** Cycles without a match after which it is over. */
const calm = 30;
const mostMembers = 3;
/** From this share of a signature on, a metric is named. */
const leastPart = 0.2;
const mostIncidents = 5;

export interface Precursors {
  /** What is watched for from now on. */
  set(signatures: Signatures): void;
  see(view: View): Finding[];
}

type Usual = (slot: number, at: number) => { mean: number; deviation: number };

/**
 * Watches every server for the lead-ins of past failures. Where something critical is open already it is too late to
 * warn. `before` is what was open before a restart.
 */
export function openPrecursors(
  catalog: Catalog,
  usual: Usual,
  cycleMs: number,
  before: Finding[] = [],
): Precursors {
  const vectors = openVectors(catalog);
  const subjects = vectors.servers.map((place) => catalog.subjects[place] as Subject);
  const open = new Map<number, { finding: Finding; without: number }>();
  for (const finding of before) {
    const server = subjects.findIndex(({ id }) => id === finding.server);
    if (server >= 0) open.set(server, { finding, without: 0 });
  }
  let signatures: Signatures | undefined;
  let watch: ReturnType<typeof watchFor> | undefined;

  function look(server: number, vector: number[], view: View, late: ReadonlySet<string>): void {
    const { key } = subjects[server] as Subject;
    const warning = watch?.see(key, vector, view.cycle);
    const one = open.get(server);
    if (one && signatures) {
      if (!isSeen(server, view)) return;
      one.without = matchOf(signatures, vector) ? 0 : one.without + 1;
      if (one.without >= calm) open.delete(server);
    } else if (warning && !late.has(key))
      open.set(server, { finding: told(server, warning, view.moment), without: 0 });
  }

  function told(server: number, { signature, along }: Warning, moment: Moment): Finding {
    const subject = subjects[server] as Subject;
    const members = worstOf(subject, signature.direction, moment).map((slot) => {
      const z = Math.abs(moment.z[slot] as number);
      const learning = moment.learning[slot] === 1;
      return catalog.member(slot, {
        value: moment.value[slot] as number,
        ...usual(slot, moment.at),
        z,
        learning,
      });
    });
    const { family, incidents, bar, lead } = signature;
    return {
      ...{ kind: 'precursor', key: `${subject.key}:${family}`, band: 'watch' },
      ...{ service: subject.service, server: subject.server, learning: false, members },
      because: [
        `${subject.id} looks as before ${listed(incidents.slice(-mostIncidents))} (${family}): ${along.toFixed(1)} σ along what went before ${incidents.length} of its kind, where ${bar.toFixed(1)} is enough.`,
        ...(lead > 0
          ? [`Those failed about ${duration((lead * cycleMs) / 1_000)} after they began to look so.`]
          : []),
      ],
      foretold: {
        ...{ cause: family, what: family.replaceAll('-', ' '), earliest: null, latest: null },
        at: lead > 0 ? moment.at + (lead * cycleMs) / 1_000 : null,
        like: incidents.slice(-mostIncidents) as IncidentId[],
      },
      ...{ metric: family, value: along, mean: 0, deviation: 1, z: along, severity: along },
    };
  }

  /** What cannot be seen is not over. */
  function isSeen(server: number, { unseen, moment }: View): boolean {
    return unseen.unread.every((one) => one === 0) && answers(subjects[server] as Subject, moment);
  }

  /** The series of the largest parts of a signature, one a metric. */
  function worstOf(subject: Subject, direction: number[], { z }: Moment): number[] {
    const slotsOf = (place: number) =>
      catalog.metrics[place]?.about === 'server'
        ? (subject.slots[place] ?? [])
        : subject.services.flatMap((id) => catalog.byKey.get(`service:${id}`)?.slots[place] ?? []);
    return [...direction.entries()]
      .filter(([, part]) => Math.abs(part) >= leastPart)
      .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
      .slice(0, mostMembers)
      .flatMap(([place]) => {
        const seen = slotsOf(place).filter((slot) => !Number.isNaN(z[slot]));
        return seen.sort((a, b) => Math.abs(z[b] as number) - Math.abs(z[a] as number)).slice(0, 1);
      });
  }

  return {
    set: (learnt) => {
      signatures = learnt.known.length > 0 ? learnt : undefined;
      watch = signatures && watchFor(signatures);
    },
    see: (view) => {
      if (signatures || open.size > 0) {
        const late = lateIn(view);
        vectors.next(view.moment, view.cycle, (server, vector) => look(server, vector, view, late));
      }
      return [...open.values()].map(({ finding }) => finding);
    },
  };
}

/** Servers where something critical is open. */
function lateIn({ compounds }: View): Set<string> {
  const critical = compounds.filter(({ band }) => band === 'critical');
  return new Set(
    critical.flatMap(({ key, members }) => [
      key,
      ...members.filter(({ about }) => about === 'server').map(({ subject }) => `server:${subject}`),
    ]),
  );
}
