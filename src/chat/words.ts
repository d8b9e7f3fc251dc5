import type { Tone } from './card.ts';

/** The sign a title begins with, on every surface. */
export const signs: Record<Tone, string> = {
  critical: '🔴',
  warning: '🟠',
  waiting: '🟡',
  good: '✅',
  neutral: '⚪',
};

/** Characters that hide, reorder or control are shown by their code, so that what is read is what is there. */
export function visible(text: string): string {
  const lines = text.toWellFormed().replace(/\r\n?/g, '\n');
  return lines.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{DI}]/gu, (char, at: number) => {
    const afterWord = at > 0 && lines.charCodeAt(at - 1) > 127;
    const stays = char === '\n' || char === '\t' || (afterWord && joiners.includes(char));
    return stays ? char : `\\u${char.codePointAt(0)?.toString(16).padStart(4, '0')}`;
  });
}

/** Part of emoji and of some scripts, where they follow one. */
const joiners = ['\u200C', '\u200D', '\uFE0E', '\uFE0F'];

/** Visible, and on one line. */
export function oneLine(text: string): string {
  return visible(text).replace(/\s*\n\s*/g, ' ');
}

/** At most `max` characters, `mark` among them; no character is cut in two. */
export function cut(text: string, max: number, mark = '…'): string {
  const whole = text.toWellFormed();
  if (whole.length <= max) return whole;
  return whole.slice(0, Math.max(0, max - mark.length)).replace(/[\uD800-\uDBFF]$/, '') + mark;
}

/** One line as it is shown where nothing is markup. Never empty: no surface takes that. */
export function plain(text: string, max: number): string {
  return cut(oneLine(text), max) || '—';
}

/** What stands where the rest of a card does not fit. */
export function leftOut(parts: number): string {
  return `… ${parts} more ${parts === 1 ? 'part is' : 'parts are'} not shown here.`;
}

export function inGroups<T>(all: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, group) =>
    all.slice(group * size, (group + 1) * size),
  );
}
