import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** How one past failure announced itself: what was seen on its server in each cycle before it, the last one last. */
export interface LeadIn {
  /** Which kind of failure, such as the cause that was found. */
  family: string;
  incident: string;
  /** z-scores, one for each metric, smoothed, in the same order everywhere; 0 where there is none. */
  seen: number[][];
}

/** What all failures of one kind looked like before, as a direction in the space of whitened z-scores. */
export interface Signature {
  family: string;
  direction: number[];
  /** How far along the direction it must be, in standard deviations of quiet times. */
  bar: number;
  /** How far beside the direction it may be, as a share of how far along. */
  slack: number;
  /** The past incidents it was learnt from, the latest last. */
  incidents: string[];
  /** How many cycles before the failure it matched for the first time: the one in the middle of those it was learnt from. */
  lead: number;
}

type Shape = Pick<Signature, 'direction' | 'slack'>;
type Barred = Shape & Pick<Signature, 'bar'>;

/** Signatures and what makes quiet times have the same spread in every direction. Plain numbers, to be stored. */
export interface Signatures {
  whitening: number[][];
  known: Signature[];
  /** Kinds of failures that have none, and why. */
  without: { family: string; because: string }[];
}

/** Where one moment lies as seen from a signature, in standard deviations of quiet times. */
interface Position {
  along: number;
  beside: number;
}

const fewest = 3;
/** Below it, the lead-ins of one kind of failure do not look alike. */
const leastAlike = 0.7;
const leastBar = 3;
/** A failure elsewhere is no quiet time to learn the spread from, though its servers are not those that failed. */
const ordinary = 4;
/** From this share of the direction on, a metric is a part of the signature. */
const leastPart = 0.2;
/** The last minutes before a failure show its direction best. */
const lastOnes = 10;

/**
 * Learns what precedes each kind of failure: the mean direction of its lead-ins, after whitening with the covariance
 * of quiet times (a matched filter in coloured noise; Kay, Detection Theory, 1998, ch. 4). The bar of each lies beyond
 * everything that was seen in quiet times or before other failures, so that look-alikes raise it.
 */
export function learnSignatures(leadIns: LeadIn[], quiet: number[][]): Signatures {
  const whitening = whiteningOf(quiet.filter((seen) => seen.every((z) => Math.abs(z) < ordinary)));
  const calm = quiet.map((seen) => whitened(whitening, seen));
  const families = Map.groupBy(leadIns, ({ family }) => family);
  const known: Signature[] = [];
  const without: Signatures['without'] = [];
  for (const [family, own] of families) {
    const ends = own.map(({ seen }) => meanOf(seen.slice(-lastOnes).map((one) => whitened(whitening, one))));
    const direction = unit(meanOf(ends.map(unit)));
    const alike = ends.reduce((sum, one) => sum + dot(unit(one), direction), 0) / ends.length;
    if (own.length < fewest) without.push({ family, because: `seen ${own.length} times, wanted ${fewest}` });
    else if (alike < leastAlike) without.push({ family, because: 'its lead-ins do not look alike' });
    else {
      const slack = slackOf(ends.map((one) => positionOf(one, direction)));
      const others = leadIns.filter((one) => one.family !== family).flatMap(({ seen }) => seen);
      const mistakable = [...calm, ...others.map((one) => whitened(whitening, one))];
      const bar = barOf(mistakable, { direction, slack });
      const lead = leadOf(
        own.map(({ seen }) => seen.map((one) => whitened(whitening, one))),
        { direction, slack, bar },
      );
      known.push({ family, direction, slack, bar, lead, incidents: own.map(({ incident }) => incident) });
    }
  }
  return { whitening, known, without };
}

export interface Warning {
  signature: Signature;
  /** How far along the signature, in standard deviations of quiet times. */
  along: number;
}

/** It must match in so many of the last cycles before it is told, and is told again only after so many without. */
const enough = 2;
const ofLast = 6;
const apart = 120;

interface Held {
  family: string;
  /** The cycles in which it matched. */
  cycles: number[];
  told: boolean;
}

/** Watches for the signatures: `see` takes a server's z-scores of each cycle and gives a warning when one begins to match. */
export function watchFor(signatures: Signatures): {
  see(server: string, seen: number[], cycle: number): Warning | undefined;
} {
  const held = new Map<string, Held>();
  const { whitening, known } = signatures;
  // Whitening is symmetric: along a signature is along this, for a few multiplications instead of all of them.
  const axes = known.map(({ direction, bar }) => ({ axis: whitened(whitening, direction), bar }));
  return {
    see: (server, seen, cycle) => {
      if (!axes.some(({ axis, bar }) => dot(seen, axis) >= 0.999 * bar)) return undefined;
      const match = matchOf(signatures, seen);
      if (!match) return undefined;
      const { family } = match.signature;
      const before = held.get(server);
      const same =
        before?.family === family && cycle - (before.cycles.at(-1) ?? 0) < apart ? before : undefined;
      const cycles = [...(same?.cycles ?? []).filter((one) => one > cycle - ofLast), cycle];
      const now = !same?.told && cycles.length >= enough;
      held.set(server, { family, cycles, told: now || (same?.told ?? false) });
      return now ? match : undefined;
    },
  };
}

/** The signature that these z-scores match best, if any: far enough along it and not far beside it. Pure. */
export function matchOf({ whitening, known }: Signatures, seen: number[]): Warning | undefined {
  const at = whitened(whitening, seen);
  return known
    .map((signature) => ({ signature, ...positionOf(at, signature.direction) }))
    .filter(({ signature, ...position }) => matches(at, position, signature))
    .sort((a, b) => b.along / b.signature.bar - a.along / a.signature.bar)[0];
}

function matches(at: number[], position: Position, signature: Barred): boolean {
  return position.along >= signature.bar && fits(at, position, signature);
}

/**
 * Beside it may lie what noise puts there and a share of how far along it is; and every part of the signature must be
 * there, at half of what the others let expect: what only begins alike is no match.
 */
function fits(at: number[], { along, beside }: Position, { direction, slack }: Shape): boolean {
  if (beside > Math.sqrt(at.length - 1) + 1.5 + slack * along) return false;
  return direction.every((part, nth) => {
    if (Math.abs(part) < leastPart) return true;
    const seen = (at[nth] ?? 0) * Math.sign(part);
    const others = (along - (at[nth] ?? 0) * part) / Math.sqrt(1 - part * part);
    return seen >= (0.5 * others * Math.abs(part)) / Math.sqrt(1 - part * part);
  });
}

function slackOf(ends: Position[]): number {
  const worst = Math.max(...ends.map(({ along, beside }) => beside / Math.max(along, 1)));
  return Math.min(0.5, Math.max(0.15, worst));
}

function barOf(others: number[][], shape: Shape): number {
  let most = 0;
  for (const at of others) {
    const position = positionOf(at, shape.direction);
    if (position.along > most && fits(at, position, shape)) most = position.along;
  }
  return Math.max(leastBar, 1.15 * most);
}

/** In cycles before the end, where each lead-in matched first; the median of those that did, 0 when none. */
function leadOf(leadIns: number[][][], signature: Barred): number {
  const leads = leadIns.flatMap((seen) => {
    const first = seen.findIndex((at) => matches(at, positionOf(at, signature.direction), signature));
    return first < 0 ? [] : [seen.length - first];
  });
  return leads.sort((a, b) => a - b)[Math.floor(leads.length / 2)] ?? 0;
}

/** W with W·cov·Wᵗ = 1: the symmetric (ZCA) root, of a covariance shrunk a little towards no relation at all. */
function whiteningOf(quiet: number[][]): number[][] {
  const data = new Matrix(quiet);
  const covariance = data.transpose().mmul(data).div(Math.max(1, quiet.length));
  for (let i = 0; i < covariance.rows; i++)
    for (let j = 0; j < covariance.columns; j++)
      covariance.set(i, j, i === j ? covariance.get(i, j) * 0.95 + 0.05 : covariance.get(i, j) * 0.95);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const roots = Matrix.diag(realEigenvalues.map((value) => 1 / Math.sqrt(Math.max(value, 1e-6))));
  return eigenvectorMatrix.mmul(roots).mmul(eigenvectorMatrix.transpose()).to2DArray();
}

function whitened(whitening: number[][], seen: number[]): number[] {
  return whitening.map((row) => dot(row, seen));
}

function positionOf(at: number[], direction: number[]): Position {
  const along = dot(at, direction);
  const square = dot(at, at) - along * along;
  return { along, beside: Math.sqrt(Math.max(0, square)) };
}

function meanOf(all: number[][]): number[] {
  const [first = []] = all;
  return first.map((_, nth) => all.reduce((sum, one) => sum + (one[nth] ?? 0), 0) / all.length);
}

function unit(of: number[]): number[] {
  const length = Math.sqrt(dot(of, of)) || 1;
  return of.map((one) => one / length);
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, one, nth) => sum + one * (b[nth] ?? 0), 0);
}
