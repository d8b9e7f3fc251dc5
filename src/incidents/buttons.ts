import type { Block, Button } from '../chat/card.ts';
import { thumbsOn } from '../chat/thumbs.ts';
import type { Told } from './card.ts';
import { endsByWord } from './said.ts';

/**
 * What can be pressed on an incident, four at most; undefined where there is nothing: what is not among them is said in
 * the thread, and where else to look stands below what was found.
 */
export function buttonsOf(told: Told): Block | undefined {
  const { incident } = told;
  const { id, status, pausedBy, endedAt } = incident;
  const block = (...buttons: Button[]): Block => ({ kind: 'buttons', buttons });
  const take: Button = { label: "I've got it", intent: { do: 'take', incident: id } };
  const back: Button = { label: 'Hand back', intent: { do: 'hand-back', incident: id } };
  const off: Button = endsByWord(incident)
    ? { label: 'Resolved', intent: { do: 'resolved', incident: id } }
    : { label: 'False alarm', intent: { do: 'false-alarm', incident: id } };
  const escalate: Button = { label: 'Escalate', intent: { do: 'escalate', incident: id } };
  const stop: Button = { label: 'Stop all workers', intent: { do: 'kill' }, style: 'danger' };
  const pause: Button = pausedBy
    ? { label: 'Resume', intent: { do: 'resume', incident: id } }
    : { label: 'Pause', intent: { do: 'pause', incident: id } };
  const wrong: Button = { label: 'Wrong cause', intent: { do: 'wrong-cause', incident: id } };
  const again: Button = { label: 'Reopen', intent: { do: 'reopen', incident: id } };
  if (status === 'merged') return undefined;
  const thumbs = thumbsOn(`incident:${id}`, told.thumbs ?? { up: 0, down: 0 });
  if (endedAt) return isDoubtable(told) ? block(wrong, again, ...thumbs) : block(again, ...thumbs);
  if (status === 'taken') return block(back, escalate, off, stop);
  if (status === 'verified') return block(off, stop);
  const idle = status === 'escalated' && !pausedBy;
  return block(take, idle ? off : pause, escalate, stop);
}

/** It ended with a cause that nobody called wrong yet. */
function isDoubtable({ incident: { status, cause }, entries }: Told): boolean {
  return status === 'closed' && cause !== null && !entries.some(({ kind }) => kind === 'wrong-cause');
}
