import type { Button } from './card.ts';
import type { Votable } from './intent.ts';

/** How many found something good, and not. */
export interface Thumbs {
  up: number;
  down: number;
}

/** Two small buttons with how many pressed each; a press by somebody who pressed the other moves it. */
export function thumbsOn(subject: Votable, { up, down }: Thumbs): Button[] {
  const label = (sign: string, count: number) => (count > 0 ? `${sign} ${count}` : sign);
  return [
    { label: label('👍', up), intent: { do: 'vote', subject, up: true } },
    { label: label('👎', down), intent: { do: 'vote', subject, up: false } },
  ];
}
