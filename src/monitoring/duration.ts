/** Seconds in words, two units at most: 40 s, 14 min, 2 h 5 min, 3 d 4 h. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.round(whole / 60);
  const two = (most: number, per: number, large: string, small: string) =>
    `${Math.floor(most / per)} ${large}${most % per > 0 ? ` ${most % per} ${small}` : ''}`;
  if (whole < 90) return `${whole} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? two(minutes, 60, 'h', 'min') : two(Math.round(minutes / 60), 24, 'd', 'h');
}
