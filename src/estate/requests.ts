import type { Inventory, Server } from '../inventory/inventory.ts';
import { traffic } from './company.ts';
import { bell, hash, seedOf, share } from './noise.ts';
import { type Pull, pulled, pullsOf } from './reading.ts';
import { type Deployment, deployments } from './versions.ts';
import { type Breakage, faultOf, type World } from './world.ts';

/** One operation of one service within a request of the company's customers. */
export interface RequestSpan {
  trace: string;
  span: string;
  parent: string | undefined;
  service: string;
  /** The server it ran on. */
  instance: string;
  version: string;
  operation: string;
  kind: 'server' | 'client';
  /** Unix milliseconds. */
  start: number;
  end: number;
  failed: boolean;
  attributes: Record<string, string>;
  /** What was thrown in it. */
  exception?: { type: string; message: string };
}

/** Where requests come from: the same one is made whenever it is asked for. */
export interface Requests {
  /** Milliseconds from one to the next, at the company's own pace. */
  every: number;
  /** The request that begins in the nth of these spans of time since 1970. */
  at(nth: number): RequestSpan[];
}

/** What each operation calls of others, in turn; services that are not here have one that calls all they depend on. */
const operations: Record<string, Record<string, [service: string, operation: string][]>> = {
  storefront: {
    'GET /': [['catalog', 'GET /items']],
    'GET /search': [['search', 'GET /query']],
    'POST /buy': [['checkout', 'POST /checkout']],
  },
  checkout: {
    'POST /checkout': [
      ['catalog', 'GET /items/{id}'],
      ['payments', 'POST /capture'],
      ['orders', 'POST /orders'],
    ],
  },
  search: { 'GET /query': [['catalog', 'GET /items']] },
  orders: { 'POST /orders': [['payments', 'GET /captures/{id}']] },
};

/** What a service keeps its data in, by the class of a server. */
const stores: Record<string, string> = { db: 'SELECT', cache: 'GET', queue: 'publish' };
const errors = 'http_requests_errors_total';
const latency = 'http_request_duration_p95_seconds';
/** Of all requests, when nothing is wrong. */
const usuallyFailed = 0.012;
/** The 95th percentile of a lognormal with this deviation is 1.78 times its median. */
const spread = 0.35;
const perMedian = 1.78;
/** Of a service's time, what it spends itself and not waiting for others. */
const own = 0.4;

/** The requests that the company's customers make, as they are traced up to `until`. */
export function requestsOf(world: World, until: Date): Requests {
  const seed = seedOf('requests', world.seed);
  const every = 500 / world.speed;
  const scene = sceneOf(world, until);
  return { every, at: (nth) => request(scene, hash(seed, nth), (nth + share(seed, nth)) * every) };
}

interface Scene {
  inventory: Inventory;
  entries: string[];
  deployed: Map<string, Deployment[]>;
  /** What is, was or will be broken in a service, with how it pulls latency and errors. */
  broken: Map<string, { breakage: Breakage; slow: Pull[]; fails: Pull[]; says(nth: number): string }[]>;
}

function sceneOf(world: World, until: Date): Scene {
  const { inventory, breakages } = world;
  const ids = inventory.services.map(({ id }) => id);
  const called = new Set(inventory.services.flatMap(({ dependsOn }) => dependsOn));
  const broken = (service: string) =>
    breakages
      // A caller is slow in its traces because it waits, not by itself.
      .filter(({ target }) => target.server !== undefined || target.service === service)
      .map((breakage) => ({
        breakage,
        slow: pullsOf(breakage, { __name__: latency, service }, world),
        fails: pullsOf(breakage, { __name__: errors, service }, world),
        says: criesOf(world, breakage, service),
      }));
  return {
    inventory,
    entries: ids.filter((id) => !called.has(id)),
    deployed: new Map(ids.map((id) => [id, deployments(world, id, until)])),
    broken: new Map(ids.map((id) => [id, broken(id)])),
  };
}

function criesOf(world: World, breakage: Breakage, service: string): (nth: number) => string {
  const cries = faultOf(world, breakage).cries(breakage.target);
  const cry = cries.find(({ labels }) => labels.app === service) ?? cries[0];
  return (nth) => cry?.text(nth) ?? 'internal error';
}

/** One request as it goes through the services, depth first. */
function request(scene: Scene, seed: number, begins: number): RequestSpan[] {
  const spans: RequestSpan[] = [];
  const trace = [0, 1, 2, 3].map((part) => hex(seed, part)).join('');
  let drawn = 0;
  const draw = () => share(seed, 100 + drawn++);
  const vary = () => Math.exp(spread * bell(seed, 10_000 + drawn++));
  const open = (of: Omit<RequestSpan, 'trace' | 'span' | 'end' | 'failed'>): RequestSpan => {
    const span = hex(seed, 1_000 + 2 * spans.length) + hex(seed, 1_001 + 2 * spans.length);
    const one = { trace, span, ...of, end: of.start, failed: false };
    spans.push(one);
    return one;
  };

  function serve(service: string, operation: string, parent: string | undefined, start: number): RequestSpan {
    const placed = placeOf(scene, service, draw());
    const on = { service, instance: placed.instance, version: versionAt(scene, service, start) };
    const attributes = { 'http.route': operation.split(' ')[1] ?? operation };
    const one = open({ ...on, parent, operation, kind: 'server', start, attributes });
    const median = ((traffic[service]?.p95 ?? 0.2) * 1_000) / perMedian;
    const { slower, likelier, because } = troubleOf(scene, service, placed, start);
    let at = start + (median * own * 0.35 + median * slower.here) * vary();
    const client = (name: string, more: Record<string, string>) =>
      open({ ...on, parent: one.span, operation: name, kind: 'client', start: at, attributes: more });
    for (const [to, its] of callsOf(scene.inventory, service, operation)) {
      const call = client(its, { 'server.address': to });
      const answered = serve(to, its, call.span, at + 0.4);
      at = answered.end + 0.4;
      Object.assign(call, { end: at, failed: answered.failed });
      if (answered.failed && draw() < 0.8)
        Object.assign(one, { failed: true, attributes: { ...attributes, ...status(502) } });
    }
    const failsHere = draw() < usuallyFailed * (1 + likelier.here);
    const failsThere = draw() < usuallyFailed * likelier.there;
    if (placed.store) {
      const kept = client(`${stores[placed.store.class]} ${service}`, { 'server.address': placed.store.id });
      at += (median * own * 0.3 + median * slower.there) * vary();
      Object.assign(kept, { end: at, failed: failsThere });
    }
    one.end = at + median * own * 0.35 * vary();
    if (failsHere || failsThere) fail(one, because?.(hash(seed, drawn++) % 1_000));
    return one;
  }

  const entry = scene.entries[Math.floor(draw() * scene.entries.length)] ?? '';
  const names = Object.keys(operations[entry] ?? { handle: [] });
  serve(entry, names[Math.floor(draw() * names.length)] ?? 'handle', undefined, begins);
  return spans;
}

/** Without a cause it is a customer who went away. */
function fail(one: RequestSpan, message: string | undefined): void {
  one.failed = true;
  one.attributes = { ...one.attributes, ...status(message ? 500 : 499) };
  if (!message) return;
  const [, type = 'Error'] = /^([\w.]+(?:Error|Exception))\b/.exec(message) ?? [];
  one.exception = { type, message };
}

function status(code: number): Record<string, string> {
  return { 'http.response.status_code': String(code) };
}

function callsOf(inventory: Inventory, service: string, operation: string): [string, string][] {
  const needs = inventory.services.find(({ id }) => id === service)?.dependsOn ?? [];
  const known = operations[service];
  if (!known) return needs.map((to) => [to, Object.keys(operations[to] ?? { handle: [] })[0] ?? 'handle']);
  return (known[operation] ?? []).filter(([to]) => needs.includes(to));
}

interface Placed {
  instance: string;
  /** How many servers the service runs on. */
  of: number;
  store: Server | undefined;
}

function placeOf({ inventory }: Scene, service: string, drawn: number): Placed {
  const servers = inventory.servers.filter(({ services }) => services.includes(service));
  const runs = servers.filter((server) => !(server.class in stores));
  const instances = runs.length > 0 ? runs : servers;
  const instance = instances[Math.floor(drawn * instances.length)]?.id ?? '';
  return { instance, of: instances.length, store: servers.find((server) => server.class in stores) };
}

/**
 * How much a service is slower and likelier to fail at `at`, in itself and where its data are: what a metric of all
 * its servers shows of a fault of one of them is, there, as many times as much.
 */
function troubleOf({ broken }: Scene, service: string, { instance, of, store }: Placed, at: number) {
  const slower = { here: 0, there: 0 };
  const likelier = { here: 0, there: 0 };
  let because: ((nth: number) => string) | undefined;
  for (const { breakage, slow, fails, says } of broken.get(service) ?? []) {
    const { server } = breakage.target;
    const place = server === undefined || server === instance ? 'here' : 'there';
    if (place === 'there' && server !== store?.id) continue;
    const times = server !== undefined && place === 'here' ? of : 1;
    const sum = (pulls: Pull[]) => times * pulls.reduce((all, pull) => all + pull.by * pulled(pull, at), 0);
    const more = sum(fails);
    slower[place] += sum(slow);
    likelier[place] += more;
    if (more > 0) because = says;
  }
  return { slower, likelier, because };
}

function versionAt({ deployed }: Scene, service: string, at: number): string {
  const all = deployed.get(service) ?? [];
  return all.findLast((one) => one.at.getTime() <= at)?.version ?? all[0]?.replacing ?? '';
}

function hex(seed: number, nth: number): string {
  return hash(seed, nth).toString(16).padStart(8, '0');
}
