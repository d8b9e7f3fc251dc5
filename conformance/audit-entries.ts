import type { Entry } from '../src/audit/entry.ts';
import type { ActionId, ApprovalId, IncidentId, PersonId, WorkerId } from '../src/ids.ts';

const by = { worker: 'ada' as WorkerId, charter: 'ada@1' };
const about = {
  incident: 'inc-1' as IncidentId,
  action: 'act-1' as ActionId,
  approval: 'apr-1' as ApprovalId,
};

/** The life of the action that has a receipt. */
export const life: Entry[] = [
  { kind: 'action.proposed', by, about: { incident: about.incident, action: about.action }, facts: { n: 1 } },
  { kind: 'approval.asked', by, about, words: { why: 'It leaks — „Speicher“ voll.', evidence: 'heap 96 %' } },
  { kind: 'door.refused', by: { person: 'p-manager' as PersonId }, about: { approval: about.approval } },
  { kind: 'approval.answered', by: { person: 'p-on-call' as PersonId }, about, facts: { answer: 'approve' } },
  {
    kind: 'action.ended',
    by,
    about: { action: about.action },
    facts: { status: 'done' },
    because: ['Done.'],
  },
];

/** As a decision writes it, about 600 characters. */
export function noted(nth: number): Entry {
  return {
    kind: 'action.decided',
    by: { worker: 'ada' as never, charter: 'ada@2' },
    about: { action: `act-${nth}` as never, incident: `inc-${nth % 1_000}` as never },
    versions: { policy: '2', tool: 'restart-service@1' },
    facts: { decision: { kind: 'allow', said: saids }, digest: 'f'.repeat(64), nth },
    because: ['The tool is low risk and the charter lets Ada do it alone.'],
  };
}

const saids = ['kill', 'rollout', 'risk', 'confidence'].map((rule) => ({
  rule,
  kind: 'allow',
  because: 'Nothing stands against it.',
}));

/** As what ended writes it, with words beside it. */
export function ended(nth: number): Entry {
  return {
    kind: 'action.ended',
    by: { worker: 'ada' as never, charter: 'ada@2' },
    about: { action: `act-${nth}` as never },
    facts: { status: 'done' },
    because: [`Done: Restart checkout on app-01, the ${nth}th time.`],
    words: { output: 'changed: [app-01]' },
  };
}
