import { hash, seedOf, share } from './noise.ts';
import { deployments } from './versions.ts';
import { type Breakage, faultOf, type World } from './world.ts';

export interface Line {
  /** Unix milliseconds. */
  at: number;
  text: string;
}

/** The log lines of one set of labels. */
export interface Stream {
  labels: Record<string, string>;
  /** Its lines from `from` (included) to `to` (not included), both unix milliseconds, newest first. */
  newest(from: number, to: number): Iterable<Line>;
}

const chatter: Record<string, (n: number) => string> = {
  storefront: (n) => `GET /product/${1000 + (n % 4000)} 200 ${60 + (n % 140)}ms`,
  checkout: (n) => `POST /checkout 200 basket=${n.toString(36)} items=${1 + (n % 7)} ${180 + (n % 150)}ms`,
  payments: (n) => `captured payment=${n.toString(16)} amount=${9 + (n % 230)}.${10 + (n % 90)} EUR`,
  catalog: (n) => `GET /items?page=${1 + (n % 40)} 200 ${20 + (n % 60)}ms`,
  search: (n) => `query took ${30 + (n % 90)}ms hits=${n % 600}`,
  orders: (n) => `order ${200_000 + (n % 90_000)} accepted`,
};

/** Every service makes a mistake now and then. */
const mistakes = [
  (n: number) => `request ${n.toString(16)} cancelled by client after ${2 + (n % 9)} s`,
  (n: number) => `retrying connection ${n % 64} after read ECONNRESET`,
  (n: number) => `invalid session ${n.toString(36)}, answering 401`,
];

/** All log streams of the company. Like the metrics they follow from the time and the stored breakages alone. */
export function streams(world: World): Stream[] {
  return [
    ...world.inventory.services.flatMap(({ id }) => ordinary(world, id)),
    ...world.breakages.flatMap((breakage) => cries(world, breakage)),
    ...world.inventory.services.map(({ id }) => deployed(world, id)),
  ];
}

function ordinary({ seed, inventory }: World, app: string): Stream[] {
  const says = chatter[app] ?? ((n: number) => `handled request ${n.toString(16)}`);
  const instance = inventory.servers.find(({ services }) => services.includes(app))?.id ?? '';
  const info = { job: 'apps', app, level: 'info', instance };
  const error = { ...info, level: 'error' };
  const wrong = (n: number) => mistakes[n % mistakes.length]?.(n) ?? '';
  return [
    nowAndThen(info, 30_000, seedOf(`info ${app}`, seed), says),
    nowAndThen(error, 600_000, seedOf(`error ${app}`, seed), wrong),
  ];
}

/** One line somewhere in every span of `every` milliseconds. */
function nowAndThen(
  labels: Record<string, string>,
  every: number,
  seed: number,
  says: (n: number) => string,
): Stream {
  return {
    labels,
    *newest(from, to) {
      for (let nth = Math.floor(to / every); nth >= Math.floor(from / every); nth--) {
        const at = Math.floor((nth + share(seed, nth)) * every);
        if (at >= from && at < to) yield { at, text: says(hash(seed + 1, nth)) };
      }
    },
  };
}

function cries(world: World, breakage: Breakage): Stream[] {
  const pace = 1000 / world.speed;
  return faultOf(world, breakage)
    .cries(breakage.target)
    .map(({ labels, after, every, text }) => ({
      labels: { job: 'apps', ...labels },
      *newest(from, to) {
        const start = breakage.startedAt.getTime() + after * pace;
        const end = Math.min(to, breakage.mendedAt?.getTime() ?? to);
        for (let nth = Math.ceil((end - start) / (every * pace)) - 1; nth >= 0; nth--) {
          const at = start + nth * every * pace;
          if (at < from) return;
          yield { at, text: text(nth) };
        }
      },
    }));
}

function deployed(world: World, service: string): Stream {
  return {
    labels: { job: 'deployments', service },
    *newest(from, to) {
      for (const { at, version, replacing, by } of deployments(world, service, new Date(to)).reverse()) {
        if (at.getTime() < from || at.getTime() >= to) continue;
        yield {
          at: at.getTime(),
          text: `deployed service=${service} version=${version} replacing=${replacing} by=${by}`,
        };
      }
    },
  };
}
