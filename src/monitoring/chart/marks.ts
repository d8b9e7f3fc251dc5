/** A moment worth pointing at, such as when a step ran. */
export interface Mark {
  at: Date;
  /** Two words or three. */
  says: string;
}

const ink = '#3f2a63';
/** Labels stand in so many rows, so that those of one minute do not cover each other. */
const rows = 4;
const rowHeight = 21;
/** In pixels: of the plot, about, and of a letter of a label. */
const [plotWidth, letter] = [720, 9];
/** From here on a label stands on the left of its line. */
const turn = 0.72;

/** Upright lines with a label each, at the top, over whatever is drawn. */
export function markLayers(marks: Mark[], [from, to]: [from: number, to: number]): object[] {
  const placed = inRows(
    marks
      .map(({ at, says }) => ({ at: at.getTime() / 1_000, says }))
      .filter(({ at }) => at >= from && at <= to),
    ({ at }) => (at - from) / (to - from),
  );
  const x = { field: 'at', type: 'quantitative' };
  const lines = {
    data: { values: placed },
    mark: { type: 'rule', color: ink, strokeWidth: 1.6, strokeDash: [3, 3] },
    encoding: { x },
  };
  const labels = placed.flatMap(({ row, isLeft, ...one }) => {
    const side = isLeft ? { align: 'right', dx: -6 } : { align: 'left', dx: 6 };
    const mark = { type: 'text', baseline: 'top', fontSize: 16, fontWeight: 600, ...side };
    const encoding = { x, y: { value: 2 + row * rowHeight }, text: { field: 'says' } };
    const data = { values: [one] };
    return [
      // Legible over whatever is below it.
      { data, mark: { ...mark, color: '#ffffff', stroke: '#ffffff', strokeWidth: 5 }, encoding },
      { data, mark: { ...mark, color: ink }, encoding },
    ];
  });
  return placed.length > 0 ? [lines, ...labels] : [];
}

/** Each in the highest row in which its label has room; the last row where none has. `placeOf` is 0–1. */
function inRows<T extends { says: string }>(marks: T[], placeOf: (one: T) => number) {
  const ends = Array.from({ length: rows }, () => Number.NEGATIVE_INFINITY);
  return marks.map((one) => {
    const isLeft = placeOf(one) > turn;
    const width = (one.says.length * letter + 14) / plotWidth;
    const begin = placeOf(one) - (isLeft ? width : 0);
    const free = ends.findIndex((end) => end <= begin);
    const row = free === -1 ? rows - 1 : free;
    ends[row] = begin + width;
    return { ...one, row, isLeft };
  });
}

/** The share of the height that is kept free for the labels. */
export function headroom(marks: Mark[]): number {
  return marks.length === 0 ? 0 : (Math.min(rows, marks.length) * rowHeight) / 240;
}
