import type { Incident } from '../../src/incidents/incident.ts';
import type { Shift } from '../shift.ts';
import type { Outside } from './outside.ts';

/** How incidents of these tests begin, each worked on until nothing is due at once. */
export function begun(shift: Shift, outside: Outside) {
  async function raised(metric: string, subject: string): Promise<Incident> {
    await shift.raise(metric, subject);
    await shift.work();
    return shift.last();
  }
  return {
    /** A leak: AWX runs the restart. */
    leak: () => {
      outside.leak();
      return raised('memory_available', 'app-03');
    },
    /** A bad deployment: the roll-back is asked for. */
    deployment: () => {
      outside.deployBadly();
      return raised('error_rate', 'checkout');
    },
    /** Something that no known cause explains: evidence may still come. */
    riddle: () => {
      outside.set('cpu_used', 'app-01', 5);
      return raised('cpu_used', 'app-01');
    },
  };
}
