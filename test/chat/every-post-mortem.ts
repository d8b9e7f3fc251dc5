import type { Card } from '../../src/chat/card.ts';
import { lateCard, postMortemCard } from '../../src/incidents/post-mortem/card.ts';
import type { Task } from '../../src/incidents/post-mortem/post-mortem.ts';
import type { Proposal } from '../../src/incidents/post-mortem/proposals.ts';
import { runbookCard } from '../../src/incidents/post-mortem/runbook-card.ts';
import { action, at, filed, incident, postMortem, recorded } from '../incidents/post-mortem/recorded.ts';
import { ada, maria } from './cards.ts';

const now = at(60);
const [, late] = postMortem().tasks;

/** A post-mortem as a draft, with all that can be missing, filed, and what its owner is told of what is late. */
export function everyPostMortem(): [what: string, card: Card][] {
  const lines = Array.from({ length: 9 }, (_, nth) => `Change number ${nth + 1}.`).join('\n');
  const bare = postMortem(
    { picture: null, noChart: 'Prometheus did not answer within 5 s.', tasks: [], change: lines },
    {
      ...{ incident: { ...incident, cause: null }, service: undefined },
      seen: { ...recorded().seen, unusualSince: null },
    },
  );
  return [
    ['post-mortem-draft', postMortemCard(postMortem(), ada, now)],
    ['post-mortem-bare', postMortemCard(bare, ada, now)],
    ['post-mortem-filed', postMortemCard(filed(), ada, now)],
    ['post-mortem-filed-by-itself', postMortemCard({ ...filed(), filedBy: null }, ada, now)],
    ['post-mortem-late', lateCard(incident.id, late as Task, ada)],
    ['post-mortem-late-done', lateCard(incident.id, { ...(late as Task), doneBy: maria, doneAt: now }, ada)],
  ];
}

const step = { tool: 'restart-service', arguments: { server: '{server}' }, expect: 'It runs.' };
const was = { id: 'crash', version: 1, title: 'Mend *it*', mends: 'crash', steps: [step, step] };
const proposal: Proposal = {
  ...{ incident: incident.id, runbook: { ...was, version: 2, steps: [step] }, was, at: now, tries: 0 },
  because: 'A step was skipped, and it was mended all the same.',
  ...{ asked: null, settled: null, settledBy: null },
};

/** A runbook put forward, and all that can become of it. */
export function everyRunbook(): [what: string, card: Card][] {
  const { id } = action;
  return [
    ['runbook-new', runbookCard({ ...proposal, was: null }, ada)],
    ['runbook-changed', runbookCard(proposal, ada)],
    ['runbook-asked', runbookCard({ ...proposal, asked: id }, ada)],
    ['runbook-adopted', runbookCard({ ...proposal, asked: id, settled: 'adopted' }, ada)],
    ['runbook-rejected', runbookCard({ ...proposal, asked: id, settled: 'rejected' }, ada)],
    ['runbook-declined', runbookCard({ ...proposal, settled: 'declined', settledBy: maria }, ada)],
  ];
}
