// The score of the Numenta Anomaly Benchmark: rows flagged against labelled windows, an early sight worth most.
// Not a threshold sweep: what was flagged was flagged.

/** Rows of a window, both included. */
export interface Window {
  first: number;
  last: number;
}

export interface Scored {
  /** The sum over windows and false rows; `windows` is the most there is, `-windows` what silence earns. */
  sum: number;
  windows: number;
  /** Flagged rows outside of every window. */
  falseRows: number;
}

/** How many first rows of a file are not scored: 15 %, at most 750. */
export function unscored(rows: number): number {
  return Math.min(Math.floor(0.15 * rows), 750);
}

/**
 * The score of one file: `flagged` rows in ascending order, `windows` as rows of the file in ascending order.
 * `falseCost` is .11 in the standard profile and .22 in the one that rewards few false alarms
 * (Lavin and Ahmad 2015, "Evaluating Real-time Anomaly Detection Algorithms").
 */
export function scoreFile(rows: number, flagged: number[], windows: Window[], falseCost: number): Scored {
  const best = windows.map(() => -1);
  let cost = 0;
  let falseRows = 0;
  for (const row of flagged) {
    if (row < unscored(rows)) continue;
    const inside = windows.findIndex(({ first, last }) => row >= first && row <= last);
    if (inside >= 0) best[inside] = Math.max(best[inside] ?? -1, worth(row, windows[inside] as Window));
    else {
      cost +=
        falseCost *
        decay(
          row,
          windows.findLast(({ last }) => last < row),
        );
      falseRows += 1;
    }
  }
  return { sum: best.reduce((sum, one) => sum + one, 0) - cost, windows: windows.length, falseRows };
}

/** 100 for every window found at its first row and nothing else, 0 for silence. */
export function outOfHundred(files: Scored[]): number {
  const windows = files.reduce((sum, file) => sum + file.windows, 0);
  const sum = files.reduce((sum, file) => sum + file.sum, 0);
  return (100 * (sum + windows)) / (2 * windows);
}

/** A row inside of a window: 1 at its first row, about 0 after its last. */
function worth(row: number, { first, last }: Window): number {
  return sigmoid(-(last - row + 1) / (last - first + 1)) / sigmoid(-1);
}

/** What share of a false row's cost counts: all before any window, less shortly after one. */
function decay(row: number, before: Window | undefined): number {
  return before ? -sigmoid((row - before.last) / (before.last - before.first)) : 1;
}

function sigmoid(x: number): number {
  return x > 3 ? -1 : 2 / (1 + Math.exp(5 * x)) - 1;
}
