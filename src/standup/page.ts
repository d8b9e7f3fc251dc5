import { type Line, type News, type Part, parts, type Told } from './told.ts';

const most = { needs: 8, lines: 6, page: 36, workers: 12 };

/**
 * What fits on one page: of every worker some lines of each part, fewer where many have news, and how many more there
 * are; of very many workers those who wait or did most. Pure.
 */
export function paged(
  all: Pick<News, 'name' | 'lines'>[],
  needs: Line[],
): Pick<Told, 'needs' | 'workers' | 'besides'> {
  const news = all.filter(({ lines }) => lines.length > 0);
  const first = [...news].sort((a, b) => waits(b) - waits(a) || b.lines.length - a.lines.length);
  const shown = news.filter((one) => first.indexOf(one) < most.workers);
  const left = news.filter((one) => !shown.includes(one));
  const each = Math.min(most.lines, Math.max(3, Math.floor(most.page / Math.max(1, shown.length))));
  return {
    needs: cutTo(needs, most.needs),
    workers: shown.map(({ name, lines }) => ({ name, ...chosen(lines, each) })),
    besides: { workers: left.length, lines: left.reduce((sum, { lines }) => sum + lines.length, 0) },
  };
}

function waits({ lines }: Pick<News, 'lines'>): number {
  return lines.filter(({ part }) => part === 'blocked').length;
}

/** The first of each part, then the second of each: a long list hides no short one. */
function chosen(lines: News['lines'], room: number): Pick<News, 'lines' | 'more'> {
  const of = (part: Part) => lines.filter((one) => one.part === part);
  const turns = parts.flatMap((part) => of(part).map((one, nth) => ({ one, nth })));
  const order = turns.sort((a, b) => a.nth - b.nth).map(({ one }) => one);
  const { lines: kept, more } = cutTo(order, room);
  return { lines: lines.filter((one) => kept.includes(one)), more };
}

/** One line more costs no more than saying that there is one. */
function cutTo<T>(all: T[], room: number): { lines: T[]; more: number } {
  const kept = all.length === room + 1 ? all : all.slice(0, room);
  return { lines: kept, more: all.length - kept.length };
}
