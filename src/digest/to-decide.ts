import type { Approval } from '../approvals/approval.ts';
import type { Button, Text } from '../chat/card.ts';
import type { IncidentId } from '../ids.ts';
import type { Task } from '../incidents/post-mortem/post-mortem.ts';
import { letItAsk } from '../scorecards/card.ts';
import type { Unearned } from '../scorecards/reliability.ts';

/** Something that waits for a decision: what it is, and what can be pressed here. */
export interface Open {
  says: Text;
  buttons: Button[];
}

interface Waiting {
  approvals: Approval[];
  proposals: { incident: IncidentId; says: string }[];
  /** Bands that are not earned, and what the worker is called. */
  lost: (Unearned & { name: string })[];
  late: (Pick<Task, 'what' | 'owner' | 'due'> & { incident: IncidentId })[];
  /** Where an approval can be read whole: it is decided there, not from a digest. */
  linkOf(approval: Approval): string | undefined;
}

/** What waits for a decision, the most urgent first. Pure. */
export function openOf({ approvals, proposals, lost, late, linkOf }: Waiting): Open[] {
  return [
    ...approvals.map((one): Open => {
      const link = linkOf(one);
      const until: Text = [`${one.question.what}, until `, { time: one.expiresAt }, '. '];
      return { says: link ? [...until, { link, text: 'Read it and decide' }] : until, buttons: [] };
    }),
    ...proposals.map(
      ({ incident, says }): Open => ({
        says: `Runbook put forward after ${incident}: ${says}`,
        buttons: [
          { label: 'Adopt', intent: { do: 'adopt-runbook', incident }, style: 'primary' },
          { label: 'Not needed', intent: { do: 'decline-runbook', incident } },
        ],
      }),
    ),
    ...lost.map(
      (one): Open => ({
        says: `${one.name} runs ${one.tool} alone and was right ${Math.round(one.right * 100)} % of ${one.of} times, wanted ${Math.round(one.bar * 100)} %.`,
        buttons: [letItAsk(one, one.name)],
      }),
    ),
    ...late.map(
      ({ incident, what, owner, due }): Open => ({
        says: [`Late since ${due}, after ${incident}: ${what}, `, { person: owner }],
        buttons: [],
      }),
    ),
  ];
}
