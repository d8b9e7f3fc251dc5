import { amount } from '../amount.ts';
import { duration } from '../duration.ts';
import type { Finding } from '../finding.ts';
import type { Metric } from '../metric.ts';
import type { Foretold } from '../signal.ts';
import type { Catalog, Subject } from './catalog.ts';
import { type Forecast, foresee } from './forecast.ts';
import type { Moment } from './moment.ts';
import { byQuarter } from './past.ts';
import { openRecent } from './recent.ts';
import type { View } from './view.ts';

/** Each series is asked for once in so many cycles, and in each while something is foreseen. */
const every = 5;
/** Foreseen at so many askings running, it is told. */
const hold = 2;
/** Seconds ahead at least: what is nearer is there. And from where on there is no time to lose. */
const soonest = 300;
const urgent = 3_600;
/** Askings in a row without a forecast after which it is over. */
const calm = 15;
/** How many deviations the limit must be from what is usual when it will be reached: what is full every night is no news. */
const unusual = 4;
/** What moved less than this share of the way to its limit, in any window, will not reach it in the time a trend is believed. */
const leastMoved = 1 / 12;

export interface Forecasts {
  see(view: View): Finding[];
  /** The past of a series, oldest first, of as much as two hours by the minute and a week by the hour. */
  put(slot: number, at: number, value: number): void;
}

interface Held {
  /** Undefined until it is told. */
  finding: Finding | undefined;
  times: number;
  /** Askings since it was last foreseen. */
  without: number;
}

type Usual = (slot: number, at: number) => { mean: number; deviation: number };

/** Foresees which series with a limit reach it, and when. `before` is what was open before a restart. */
export function openForecasts(catalog: Catalog, usual: Usual, before: Finding[] = []): Forecasts {
  const limited = catalog.metrics.flatMap(({ limit }, place) => (limit === undefined ? [] : [place]));
  const recent = openRecent();
  const places = new Map<number, number>();
  const foretold = new Map<number, Held>();
  for (const finding of before) {
    const slot = finding.members[0] && catalog.slotOf(finding.members[0]);
    if (slot !== undefined) foretold.set(slot, { finding, times: hold, without: 0 });
  }

  function put(slot: number, time: number, value: number): void {
    const place = places.get(slot) ?? places.size;
    places.set(slot, place);
    recent.put(place, time, value);
  }

  function ask(slot: number, limit: number): Forecast | undefined {
    const place = places.get(slot) as number;
    if (!mayReach(recent.glance(place), limit)) return undefined;
    const known = byQuarter((time) => usual(slot, time));
    const found = [recent.minutes(place), recent.hours(place)]
      .map((points) => foresee(points, (time) => known(time).mean, limit))
      .flatMap((one) => (one.kind === 'forecast' ? [one.forecast] : []))
      .filter((one) => {
        const { mean, deviation } = known(one.at);
        return Math.abs(limit - mean) >= unusual * deviation;
      });
    return found.sort((a, b) => a.at - b.at)[0];
  }

  function told(slot: number, metric: Metric, forecast: Forecast, moment: Moment): Finding {
    const { key, id, service, server } = catalog.subjects[catalog.subjectOf[slot] as number] as Subject;
    const value = moment.value[slot] as number;
    const z = (moment.z[slot] as number) * (metric.bad === 'down' ? -1 : 1);
    const learning = moment.learning[slot] === 1;
    const member = catalog.member(slot, { value, ...usual(slot, moment.at), z, learning });
    const ahead = forecast.earliest - moment.at;
    return {
      ...{ kind: 'forecast', key: `${key}:${member.metric}`, band: ahead <= urgent ? 'critical' : 'watch' },
      ...{ service, server, learning, members: [member] },
      because: [sentence(forecast, metric, id, moment.at)],
      foretold: foretoldOf(forecast, metric),
      ...{ metric: metric.name, value, mean: member.mean, deviation: member.deviation, z },
      severity: ahead <= urgent ? Number.POSITIVE_INFINITY : 4,
    };
  }

  function look(slot: number, metric: Metric, moment: Moment): void {
    const forecast = ask(slot, metric.limit as number);
    const before = foretold.get(slot);
    if (!forecast) {
      if (!before) return;
      before.without += 1;
      if (!before.finding || before.without >= calm) foretold.delete(slot);
      return;
    }
    const one = before ?? { finding: undefined, times: 0, without: 0 };
    one.times += 1;
    one.without = 0;
    if (one.times >= hold && (one.finding || forecast.earliest - moment.at >= soonest))
      one.finding = told(slot, metric, forecast, moment);
    foretold.set(slot, one);
  }

  return {
    put,
    see: ({ moment, cycle }) => {
      for (const place of limited)
        for (const slot of catalog.slotsOf[place] ?? []) {
          const value = moment.value[slot] as number;
          if (Number.isNaN(value)) continue;
          put(slot, moment.at, value);
          if ((cycle + slot) % every === 0 || foretold.has(slot))
            look(slot, catalog.metrics[place] as Metric, moment);
        }
      return [...foretold.values()].flatMap(({ finding }) => finding ?? []);
    },
  };
}

/** Whether any of the values before shows that it goes to its limit at all fast enough; a cheap look before the careful one. */
function mayReach([now = Number.NaN, ...before]: number[], limit: number): boolean {
  return before.some((then) => (then - now) / (now - limit) >= leastMoved);
}

function foretoldOf(
  { at, earliest, latest }: Forecast,
  { name, says, bad, foretells = name }: Metric,
): Foretold {
  const what = `${says} ${bad === 'down' ? 'used up' : 'full'}`;
  return { cause: foretells, what, at, earliest, latest: latest ?? null, like: [] };
}

function sentence(
  { at, earliest, latest, perHour, over }: Forecast,
  { says, unit, limit = 0 }: Metric,
  id: string,
  now: number,
): string {
  const ends = latest === undefined ? 'or later, or not at all' : `and ${duration(latest - now)}`;
  const when = `about ${duration(at - now)} (between ${duration(earliest - now)} ${ends})`;
  const pace = `It has been ${perHour < 0 ? 'falling' : 'rising'} by ${amount(Math.abs(perHour), unit)} an hour for ${duration(over * 60)}, beside what is usual.`;
  return `At this pace the ${says} of ${id} reaches ${amount(limit, unit)} in ${when}. ${pace}`;
}
