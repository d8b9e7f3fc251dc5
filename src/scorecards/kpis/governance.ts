import type { Case, Deed } from '../facts.ts';
import { count, type Kpi, share } from '../kpi.ts';
import { real } from './goals.ts';

const governance = { dimension: 'governance', cadence: 'continuous' } as const;
const knowledge = { dimension: 'knowledge', cadence: 'quarterly' } as const;

/** Policy let it run, or somebody's yes was used up for it. */
const isCovered = ({ autonomous, decided, approved }: Deed) =>
  approved || (autonomous && (decided === 'allow' || decided === 'notify'));

/** Whether what was learnt shows, and whether the rules held. */
export const growthAndRules: Kpi[] = [
  {
    ...knowledge,
    id: 'first-attempt',
    says: 'Right at the first attempt',
    unit: 'share',
    better: 'more',
    target: 0.9,
    minimum: 'incidents',
    formula:
      'incidents mended of which nothing was rolled back, no cause was called wrong or replaced, and none had to be looked for again ÷ incidents whose mend is known',
    rows: 'incident, incident_entry',
    source: '[61]: first-attempt quality',
    measure: ({ cases }) =>
      share(
        real(cases).filter(({ mendedAt }) => mendedAt),
        ({ redone }: Case) => redone.length === 0,
      ),
  },
  {
    ...knowledge,
    id: 'learnt',
    says: 'Runbooks learnt',
    unit: 'count',
    better: 'more',
    formula: 'runbooks put forward from what mended an incident that people adopted',
    rows: 'runbook_proposal (settled = adopted)',
    source: '[61]: novel insights',
    measure: ({ proposals }) => count(proposals),
  },
  {
    ...governance,
    id: 'violations',
    says: 'Ran against the rules',
    unit: 'count',
    better: 'less',
    target: 0,
    formula:
      'deeds that were begun although policy neither allowed them alone nor anybody’s approval was used up for them',
    rows: 'action (decision, autonomous), approval (consumed_at)',
    source: '[61]: violations; [18]',
    measure: ({ deeds }) => count(deeds.filter((one) => one.ran && !isCovered(one))),
  },
  {
    ...governance,
    id: 'audited',
    says: 'Deeds with a whole record',
    unit: 'share',
    better: 'more',
    target: 1,
    minimum: 'actions',
    formula:
      'deeds with an entry in the audit from before and one from after ÷ deeds that were begun and have ended',
    rows: 'action, audit (action.running; action.ended or action.cancelled)',
    source: '[61]: audit completeness; [26]',
    measure: ({ deeds }) =>
      share(
        deeds.filter(({ ran }) => ran),
        ({ audited }) => audited,
      ),
  },
  {
    ...governance,
    id: 'risks',
    says: 'Risk incidents',
    unit: 'count',
    better: 'less',
    target: 0,
    formula: 'kill switches thrown and deeds after which the incident was worse',
    rows: 'audit (kill.thrown), action (health = worse)',
    source: '[61]: risk incidents; [24]',
    measure: ({ risks }) => count(risks),
  },
  {
    ...governance,
    id: 'turned-back',
    says: 'Turned back by policy',
    unit: 'count',
    formula: 'deeds proposed that policy refused',
    rows: 'action (status = refused)',
    source: '[18]',
    measure: ({ deeds }) => count(deeds.filter(({ status, ran }) => status === 'refused' && !ran)),
  },
];
