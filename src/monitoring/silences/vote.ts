/** σ that one person's "not useful" adds, and the most that all of them add. */
const each = 0.5;
const most = 1.5;

/** Days after which a "not useful" counts no more: sites change. */
export const voteDays = 90;

/** How many standard deviations more it takes to raise what `people` had no use for. Pure. */
export function extraSigmas(people: number): number {
  return Math.min(most, each * Math.max(0, people));
}
