import type { Evidence, Hypothesis, Logged } from './incident.ts';

/** All evidence and the causes found, as the incident's log last tells them. Pure. */
export function foundIn(entries: Logged[]): { evidence: Evidence[]; hypotheses: Hypothesis[] } {
  const last = entries.findLast((one) => one.kind === 'diagnosis')?.facts;
  const evidence = entries.findLast((one) => one.kind === 'evidence')?.facts.evidence ?? [];
  return { evidence: [...evidence, ...(last?.argued?.more ?? [])], hypotheses: last?.hypotheses ?? [] };
}
