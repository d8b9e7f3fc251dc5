import type { Cycle } from '../baseline/cycle.ts';
import type { SeriesState } from '../baseline/series.ts';
import type { Tuning } from './tuning.ts';

/** z from here on is written down. */
const watchAt = 2.8;
/** z from here on is critical. */
const criticalAt = 4;
/** Critical in a smaller share of its samples than this, it seldom is. */
const seldomAt = 0.01;

/**
 * An alert is an episode, not a point: raised when a surprise passes the bar and none is open, raised anew when the band
 * worsens with a surprise that passes the bar again, over after more than `calm` cycles as usual. While a baseline is
 * young its static thresholds, if it has any, raise besides. What the calendar expects is held, and opens nothing: if it
 * goes on beyond that, it is raised then. Writes band, raised, held and open.
 */
export function judge(state: SeriesState, cycle: Cycle, { warm, calm: calmFor, often }: Tuning): void {
  const { slots, values, elapsed, verdicts } = cycle;
  const { z, surprise, band, raised, held, open, learning, seldom } = verdicts;
  const { episode, calm, count } = state;
  for (let i = 0; i < slots.length; i += 1) {
    const slot = slots[i] as number;
    const value = values[i] as number;
    band[i] = 0;
    raised[i] = 0;
    open[i] = episode[slot] === 0 ? 0 : 1;
    if (!Number.isFinite(value)) {
      held[i] = 0;
      continue;
    }
    const young = learning[i] === 1 ? staticBand(state, slot, value) : 0;
    const usual = (count[slot] as number) + 1 < warm ? 0 : bandOf(z[i] as number);
    const far = Math.max(young, usual);
    const share = state.critical[slot] as number;
    seldom[i] = share < seldomAt ? 1 : 0;
    state.critical[slot] =
      share + ((usual === 2 ? 1 : 0) - share) * Math.min(1, (elapsed[i] as number) / often);
    const fresh = (surprise[i] as number) > 1 || young > (episode[slot] as number);
    band[i] = far;
    if (held[i] === 1) continue;
    if (fresh) {
      const worst = Math.max(1, far);
      if (worst > (episode[slot] as number)) {
        raised[i] = 1;
        episode[slot] = worst;
      }
      calm[slot] = 0;
    } else if (far > 0) calm[slot] = 0;
    else if (episode[slot] !== 0) {
      calm[slot] = (calm[slot] as number) + 1;
      if ((calm[slot] as number) > calmFor) episode[slot] = 0;
    }
    open[i] = episode[slot] === 0 ? 0 : 1;
  }
}

function bandOf(z: number): 0 | 1 | 2 {
  return z >= criticalAt ? 2 : z >= watchAt ? 1 : 0;
}

function staticBand(
  { bad, watchAt: watch, criticalAt: critical }: SeriesState,
  slot: number,
  value: number,
): 0 | 1 | 2 {
  const sign = bad[slot] === -1 ? -1 : 1;
  // An absent threshold is NaN, and nothing is beyond it.
  if (sign * value >= sign * (critical[slot] as number)) return 2;
  return sign * value >= sign * (watch[slot] as number) ? 1 : 0;
}
