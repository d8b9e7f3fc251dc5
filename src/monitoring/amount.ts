import { brief } from './reading.ts';

/** A measured value for people, with its unit: 7.87 errors/s, 412 MB, 85 ms. Three digits; what is no number is "nothing". */
export function amount(value: number, unit: string): string {
  if (!Number.isFinite(value)) return 'nothing';
  const { by, unit: shown } = scaleOf(unit, Math.abs(value));
  const number = brief(value / by);
  return shown === '' ? number : `${number} ${shown}`;
}

/** From one value to a higher one, the unit said once: 5.56 to 6.45 GB. */
export function amounts(low: number, high: number, unit: string): string {
  const { by, unit: shown } = scaleOf(unit, Math.max(Math.abs(low), Math.abs(high)));
  return `${brief(low / by)} to ${brief(high / by)}${shown === '' ? '' : ` ${shown}`}`;
}

/** What values up to `largest` are divided by to be read easily, and their unit then; powers of 1,000, none for what is counted. */
export function scaleOf(unit: string, largest: number): { by: number; unit: string } {
  const steps = scales[unit];
  if (!steps) return { by: 1, unit };
  const fits = steps.findLast(([by]) => largest >= by) ?? steps[0];
  return fits ? { by: fits[0], unit: fits[1] } : { by: 1, unit };
}

type Steps = [by: number, unit: string][];

const bytes: Steps = [
  [1, 'B'],
  [1e3, 'kB'],
  [1e6, 'MB'],
  [1e9, 'GB'],
  [1e12, 'TB'],
];

const scales: Record<string, Steps> = {
  bytes,
  'bytes/s': bytes.map(([by, unit]) => [by, `${unit}/s`]),
  s: [
    [1e-6, 'µs'],
    [1e-3, 'ms'],
    [1, 's'],
  ],
};
