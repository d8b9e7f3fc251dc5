import type { Inventory } from '../../inventory/inventory.ts';
import type { Finding } from '../finding.ts';
import type { Catalog } from './catalog.ts';
import type { View } from './view.ts';

/** A metric that cannot be read for so many cycles is told. */
const hold = 2;

/** Metrics that could not be read from one cycle on. */
interface Dark {
  finding: Finding;
  /** Places of those that still cannot. */
  metrics: Set<number>;
}

/**
 * Says what Roster itself cannot see: one finding for all metrics that went dark together, until each of them answers.
 * `before` is what was open before a restart.
 */
export function openBlindness(
  catalog: Catalog,
  { services }: Inventory,
  before: Finding[] = [],
): (view: View) => Finding[] {
  const { metrics } = catalog;
  const dark = new Uint16Array(metrics.length);
  const open: Dark[] = before.map((finding) => {
    const names = finding.key.split('+');
    const isOf = (name: string) => finding.key === everything || names.includes(name);
    return { finding, metrics: new Set(metrics.flatMap(({ name }, place) => (isOf(name) ? [place] : []))) };
  });

  /** The services that nothing is known of without these metrics, the most important first. */
  function hidden(places: number[]): string[] {
    const of = new Set(
      places.flatMap((place) =>
        (catalog.slotsOf[place] ?? []).flatMap(
          (slot) => catalog.subjects[catalog.subjectOf[slot] as number]?.services ?? [],
        ),
      ),
    );
    const all = services.toSorted((a, b) => a.criticality - b.criticality).map(({ id }) => id);
    return of.size > 0 ? all.filter((id) => of.has(id)) : all;
  }

  function told(places: number[], view: View): Finding[] {
    const all = places.length === metrics.length;
    const names = places.map((place) => metrics[place]?.name ?? '');
    const says = all ? 'metrics' : listed(places.map((place) => metrics[place]?.says ?? ''));
    const concerned = hidden(places);
    const [service] = concerned;
    if (service === undefined) return [];
    const why =
      view.missing.length > 0
        ? view.missing
        : ['None of their series answers, and the source does not say why.'];
    return [
      {
        ...{
          kind: 'blind',
          key: all ? everything : names.toSorted().join('+'),
          band: all ? 'critical' : 'watch',
        },
        ...{ service, server: null, learning: false, members: [] },
        because: [
          `${all ? 'No metric' : `No ${says}`} could be read for ${hold} cycles.`,
          ...why.slice(0, mostReasons),
          `Until it can, ${all ? 'nothing is' : 'this is not'} known of ${listed(concerned)}: silence does not mean health.`,
        ],
        ...{ metric: says, value: places.length, mean: 0, deviation: 0, z: 0 },
        severity: all ? Number.POSITIVE_INFINITY : leastSeverity,
      },
    ];
  }

  return (view) => {
    const { unread, answered } = view.unseen;
    for (const place of dark.keys())
      dark[place] = unread[place] === 1 ? Math.min(hold, (dark[place] as number) + 1) : 0;
    for (const one of open)
      for (const place of one.metrics)
        if (unread[place] === 0 && (answered[place] as number) > 0) one.metrics.delete(place);
    open.splice(0, open.length, ...open.filter((one) => one.metrics.size > 0));
    const known = new Set(open.flatMap((one) => [...one.metrics]));
    const fresh = [...dark.keys()].filter((place) => dark[place] === hold && !known.has(place));
    if (fresh.length > 0)
      for (const finding of told(fresh, view)) open.push({ finding, metrics: new Set(fresh) });
    return open.map(({ finding }) => finding);
  };
}

const everything = 'everything';
const mostReasons = 3;
/** Not in σ: people who have no use for it are not told what is only watched. */
const leastSeverity = 4;

/** Names in a row: a, b and c; of many the first ten. */
export function listed(names: readonly string[]): string {
  if (names.length > 10) return `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`;
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((one) => one !== '').join(' and ');
}
