/** A whole number from 0 to 2³² − 1 that looks random but follows from `seed` and `n` (a whole number below 2⁵³). */
export function hash(seed: number, n: number): number {
  let x = (seed ^ Math.imul(n >>> 0, 0x9e3779b1) ^ Math.imul(Math.floor(n / 4294967296) + 1, 0x85ebca77)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** The same, as a share from 0 (included) to 1 (not included). */
export function share(seed: number, n: number): number {
  return hash(seed, n) / 4294967296;
}

/** A seed of its own for everything that has a name. */
export function seedOf(name: string, seed: number): number {
  let x = seed ^ 0x811c9dc5;
  for (let i = 0; i < name.length; i++) x = Math.imul(x ^ name.charCodeAt(i), 0x01000193);
  return hash(x, name.length);
}

/** Noise with mean 0 and deviation 1, close to normal but never beyond ±3.5: the sum of four even shares. */
export function bell(seed: number, n: number): number {
  const bits = hash(seed, n);
  return ((bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24) - 510) / 147.8;
}

/** Noise with mean 0 and deviation 1 that changes steadily with `x`, never beyond ±2.45; its past is forgotten after 1. */
export function drift(seed: number, x: number): number {
  const nth = Math.floor(x);
  const part = x - nth;
  const between = share(seed, nth) * (1 - part) + share(seed, nth + 1) * part - 0.5;
  // Halfway between two knots a plain mean would vary less than at them.
  return (between * Math.sqrt(12)) / Math.sqrt((1 - part) ** 2 + part ** 2);
}

/** A small generator of numbers from 0 to 1 that follow from the seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}
