/** The seats once the next contacts are asked too. One that nobody may take stays so. Pure. */
export function widened(seats: string[][], next: string[]): string[][] {
  return seats.map((seat) => (seat.length > 0 ? [...new Set([...seat, ...next])] : seat));
}

/** How many seats can be taken by these people, each person on one seat and each seat by one person. Pure. */
export function seated(seats: string[][], people: { roles: string[] }[]): number {
  const [seat, ...others] = seats;
  if (seat === undefined || people.length === 0) return 0;
  const fitting = people.filter(({ roles }) => roles.some((role) => seat.includes(role)));
  const taken = fitting.map(
    (one) =>
      1 +
      seated(
        others,
        people.filter((other) => other !== one),
      ),
  );
  return Math.max(seated(others, people), ...taken);
}
