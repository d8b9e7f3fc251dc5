import { type Kpi, mean, share } from '../kpi.ts';
import { real } from './goals.ts';

const output = { dimension: 'quality', cadence: 'weekly' } as const;

/** Whether what workers put out was good: rated, free of errors, not done over, and not noise. */
export const quality: Kpi[] = [
  {
    ...output,
    id: 'rated',
    says: 'Rated by governors',
    unit: 'stars',
    better: 'more',
    target: 4,
    minimum: 'ratings',
    formula: 'mean of the ratings, 1–5',
    rows: 'worker_rating',
    source: '[61]: reviewer score',
    measure: ({ ratings }) => mean(ratings, ({ stars }) => stars),
  },
  {
    ...output,
    id: 'errors',
    says: 'Deeds that failed',
    unit: 'share',
    better: 'less',
    target: 0.05,
    minimum: 'actions',
    formula: 'deeds that were begun and failed or are indeterminate ÷ deeds that were begun and have ended',
    rows: 'action',
    source: '[61]: error rate; "change failure rate", DORA',
    measure: ({ deeds }) =>
      share(
        deeds.filter(({ ran }) => ran),
        ({ status }) => status === 'failed' || status === 'indeterminate',
      ),
  },
  {
    ...output,
    id: 'revisions',
    says: 'Put right by people',
    unit: 'share',
    better: 'less',
    target: 0.1,
    minimum: 'incidents',
    formula:
      'incidents of which a person called the cause wrong, or chose another, or whose cause had to be looked for again ÷ all incidents',
    rows: 'incident, incident_entry',
    source: '[61]: revision requests',
    measure: ({ cases }) => share(real(cases), ({ redone }) => redone.some((one) => one !== 'rolled back')),
  },
  {
    ...output,
    id: 'false-alarms',
    says: 'False alarms',
    unit: 'share',
    better: 'less',
    target: 0.2,
    minimum: 'signals',
    formula:
      'signals told whose incident a person called a false alarm, or that one had no use for ÷ signals told of which nothing more will be known',
    rows: 'signal, signal_vote, incident',
    source: '[46]: false positives under 20 %',
    measure: ({ signals }) =>
      share(
        signals.filter(({ held, settled }) => settled && !held),
        ({ useless }) => useless,
      ),
  },
  {
    ...output,
    id: 'acted-upon',
    says: 'Signals acted upon',
    unit: 'share',
    better: 'more',
    target: 0.8,
    minimum: 'signals',
    formula:
      'signals told that opened or joined an incident, or that somebody answered ÷ signals told and settled',
    rows: 'signal, silence, incident',
    source: '[63]; actionable alerts, Google SRE book, chapter 6',
    measure: ({ signals }) =>
      share(
        signals.filter(({ held, settled }) => settled && !held),
        ({ acted, useless }) => acted && !useless,
      ),
  },
  {
    ...output,
    id: 'posts',
    says: 'Posts an incident',
    unit: 'posts',
    better: 'less',
    minimum: 'incidents',
    formula: 'messages in chat of an incident, its signals and its questions ÷ incidents, false alarms too',
    rows: 'shown, incident',
    source: '[46]: noise',
    measure: ({ cases }) => mean(cases, ({ posts }) => posts),
  },
];
