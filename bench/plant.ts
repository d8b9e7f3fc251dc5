import { json, serve } from '../src/estate/http.ts';
import { type Inventory, parseInventory } from '../src/inventory/inventory.ts';

export interface Plant {
  prometheusUrl: string;
  lokiUrl: string;
  inventory: Inventory;
  services: string[];
  /** From now on a service fails, right after a deployment. */
  fail(service: string): void;
  mend(service: string): void;
  close(): Promise<void>;
}

const usual = 1;
const failing = 10;

/**
 * A site of many services that know nothing of each other, so that every signal opens an incident of its
 * own. Its Prometheus and Loki answer what monitoring and diagnosis ask, and nothing else.
 */
export async function openPlant(count: number): Promise<Plant> {
  const services = Array.from({ length: count }, (_, nth) => `service-${String(nth + 1).padStart(2, '0')}`);
  const broken = new Map<string, Date>();
  const level = (service: string, at: number) =>
    (broken.has(service) ? failing : usual) + 0.1 * Math.sin(at / 700);
  const { url, close } = await serve(0, {
    prometheus: ({ path, params }) => {
      const series = (times: number[]) =>
        services.map((service) => ({
          metric: { service },
          values: times.map((at): [number, string] => [at, String(level(service, at))]),
        }));
      const [start, end] = [Number(params.get('start')), Number(params.get('end'))];
      if (path.endsWith('/query_range'))
        return json(200, { data: { resultType: 'matrix', result: series(hours(start, end)) } });
      const now = Number(params.get('time'));
      const result = series([now]).map(({ metric, values: [value] }) => ({ metric, value }));
      return json(200, { data: { resultType: 'vector', result } });
    },
    loki: ({ params }) => {
      const app = /app="([^"]+)"/.exec(params.get('query') ?? '')?.[1];
      const about = [...broken].filter(([service]) => app === undefined || app === service);
      const result = about.map(([service, at]) => ({
        stream: app ? { app: service, level: 'error' } : { job: 'deployments', service },
        values: [
          [
            `${at.getTime()}000000`,
            app
              ? 'unhandled exception, answering 500 version=2.0.1'
              : `deployed service=${service} version=2.0.1 replacing=2.0.0`,
          ],
        ],
      }));
      return json(200, { data: { resultType: 'streams', result } });
    },
  });
  return {
    prometheusUrl: `${url}/prometheus`,
    lokiUrl: `${url}/loki`,
    inventory: inventoryOf(services),
    services,
    fail: (service) => void broken.set(service, new Date(Date.now() - 60_000)),
    mend: (service) => void broken.delete(service),
    close,
  };
}

/** One time an hour: enough history for a baseline of every hour of the week. */
function hours(start: number, end: number): number[] {
  return Array.from({ length: Math.floor((end - start) / 3_600) + 1 }, (_, nth) => start + nth * 3_600);
}

function inventoryOf(services: string[]): Inventory {
  const read = parseInventory({
    servers: services.map((id) => ({
      id: `server-of-${id}`,
      class: 'app',
      environment: 'bench',
      services: [id],
    })),
    services: services.map((id) => ({
      id,
      name: id,
      criticality: 2,
      owner: 'p-oncall',
      team: 'bench',
      dependsOn: [],
      revenuePerMinute: 10,
    })),
  });
  if (read.kind === 'refused') throw new Error(read.because);
  return read.inventory;
}
