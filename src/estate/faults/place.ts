import type { Scene, Target } from './fault.ts';

/** Every service on every server of these classes. */
export function on(...classes: string[]): (scene: Pick<Scene, 'inventory'>) => Target[] {
  return ({ inventory }) =>
    inventory.servers
      .filter((server) => classes.includes(server.class))
      .flatMap(({ id, services }) => services.map((service) => ({ service, server: id })));
}

/** Whether variables of a job name the service and the server where it struck. */
export function isThere(target: Target, { service, server }: Record<string, string>): boolean {
  return service === target.service && server === target.server;
}

/** The services that call a partner outside. */
export const partnered = ['checkout', 'payments', 'orders'];

/** Each of them, on every server that calls are made from. */
export function withPartners(scene: Pick<Scene, 'inventory'>): Target[] {
  return on('app')(scene).filter(({ service }) => partnered.includes(service));
}
