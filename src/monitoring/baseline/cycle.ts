import type { Verdicts } from '../detector/detector.ts';
import type { Path } from './segments.ts';

/** One cycle at work: what came in, and what the steps tell each other. A place a sample. */
export interface Cycle {
  /** Unix seconds. */
  at: number;
  /** The cells of the hour it is by the site's clocks. */
  path: Path;
  slots: Int32Array;
  values: Float64Array;
  /** Value − what was expected. */
  residual: Float64Array;
  /** Mean absolute residual expected here, before any floor of the settings. */
  spread: Float64Array;
  /** Seconds since the series' sample before. */
  elapsed: Float64Array;
  verdicts: Verdicts;
}

/** Room for `samples`, to be used by cycle after cycle. */
export function newScratch(samples: number): Pick<Cycle, 'residual' | 'spread' | 'elapsed' | 'verdicts'> {
  const double = () => new Float64Array(samples);
  const byte = () => new Uint8Array(samples);
  return {
    residual: double(),
    spread: double(),
    elapsed: double(),
    verdicts: {
      z: new Float32Array(samples),
      mean: double(),
      deviation: double(),
      surprise: new Float32Array(samples),
      band: byte(),
      raised: byte(),
      held: byte(),
      open: byte(),
      learning: byte(),
      seldom: byte(),
    },
  };
}

const sliceLength = 8_192;

/** A cycle in parts of at most 40,000 samples, which share its memory. */
export function slicesOf(cycle: Cycle): Cycle[] {
  const { length } = cycle.slots;
  if (length <= sliceLength) return [cycle];
  return Array.from({ length: Math.ceil(length / sliceLength) }, (_, nth) => {
    const from = nth * sliceLength;
    return part(cycle, from, Math.min(length, from + sliceLength));
  });
}

function part(
  { slots, values, residual, spread, elapsed, verdicts, ...rest }: Cycle,
  from: number,
  to: number,
) {
  const cut = <T extends Columns>(columns: T): T =>
    Object.fromEntries(Object.entries(columns).map(([name, of]) => [name, of.subarray(from, to)])) as T;
  return { ...rest, ...cut({ slots, values, residual, spread, elapsed }), verdicts: cut({ ...verdicts }) };
}

type Columns = Record<string, Int32Array | Float64Array | Float32Array | Uint8Array>;
