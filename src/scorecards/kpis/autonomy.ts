import type { Case } from '../facts.ts';
import { count, type Kpi, median, minutesBetween, share } from '../kpi.ts';
import { real } from './goals.ts';

const autonomy = { dimension: 'autonomy', cadence: 'monthly' } as const;
const collaboration = { dimension: 'collaboration', cadence: 'monthly' } as const;

const escalated = (cases: Case[]) => cases.filter(({ needed }) => needed.includes('escalated'));
const closed = ['approved', 'rejected', 'lapsed'];

/** Whether workers asked when they should and did alone what they could; and how people found that. */
export const utilisation: Kpi[] = [
  {
    ...autonomy,
    id: 'over-escalation',
    says: 'Escalated without need',
    unit: 'share',
    better: 'less',
    target: 0.2,
    minimum: 'incidents',
    formula:
      'incidents escalated about which nobody then did or decided anything, or that were false alarms ÷ incidents escalated',
    rows: 'incident, incident_entry, approval_answer',
    source: '[29], [61]',
    measure: ({ cases }) =>
      share(
        escalated(cases),
        ({ byPeople, needed, falseAlarm }) =>
          falseAlarm || (byPeople.length === 0 && !needed.includes('asked')),
      ),
  },
  {
    ...autonomy,
    id: 'under-escalation',
    says: 'Not escalated and should have been',
    unit: 'share',
    better: 'less',
    target: 0.05,
    minimum: 'incidents',
    formula:
      'incidents not escalated in which something done alone made it worse, or whose cause was called wrong or had to be looked for again ÷ incidents not escalated',
    rows: 'incident, incident_entry, action (autonomous, health)',
    source: '[29], [61]',
    measure: ({ cases, deeds }) => {
      const worse = new Set(
        deeds
          .filter(({ autonomous, health }) => autonomous && health === 'worse')
          .map(({ incident }) => incident),
      );
      const quiet = real(cases).filter(({ needed }) => !needed.includes('escalated'));
      const wrong = ({ redone }: Case) =>
        redone.some((one) => one === 'wrong cause' || one === 'looked into again');
      return share(quiet, (one) => worse.has(one.id) || wrong(one));
    },
  },
  {
    ...autonomy,
    id: 'decisions',
    says: 'Deeds that helped',
    unit: 'share',
    better: 'more',
    target: 0.9,
    minimum: 'actions',
    formula:
      'deeds after which the incident was better ÷ deeds that were judged; the rolling back of a deed is not counted',
    rows: 'action (health)',
    source: '[61]: decision quality',
    measure: ({ deeds }) =>
      share(
        deeds.filter(({ health, rollsBack }) => health !== null && !rollsBack),
        ({ health }) => health === 'better',
      ),
  },
  {
    ...autonomy,
    id: 'effects',
    says: 'Expected effects that came',
    unit: 'share',
    better: 'more',
    target: 0.8,
    minimum: 'actions',
    formula: 'steps whose expected effect, as it stood on the card, was seen in time ÷ steps graded',
    rows: 'incident_step (grade)',
    source: '[65]; hit rate of a forecast',
    measure: ({ effects }) => share(effects, ({ seen }) => seen),
  },
  {
    ...autonomy,
    id: 'asked',
    says: 'Decisions asked for',
    unit: 'count',
    formula: 'questions put to people that were approved, rejected or lapsed in the time',
    rows: 'approval',
    source: '[21], [63]',
    measure: ({ questions }) => count(questions.filter(({ status }) => closed.includes(status))),
  },
  {
    ...autonomy,
    id: 'time-to-decide',
    says: 'Time to decide',
    unit: 'minutes',
    better: 'less',
    target: 15,
    minimum: 'approvals',
    formula: 'median of (last answer − asked) over the questions that were answered',
    rows: 'approval, approval_answer',
    source: '[63]',
    measure: ({ questions }) =>
      median(
        questions.filter(({ status }) => status === 'approved' || status === 'rejected'),
        ({ askedAt, answers }) => minutesBetween(askedAt, answers.at(-1)?.at ?? null),
      ),
  },
  {
    ...autonomy,
    id: 'lapsed',
    says: 'Questions nobody answered',
    unit: 'share',
    better: 'less',
    target: 0.05,
    minimum: 'approvals',
    formula: 'questions that lapsed ÷ questions that were approved, rejected or lapsed',
    rows: 'approval',
    source: '[21]',
    measure: ({ questions }) =>
      share(
        questions.filter(({ status }) => closed.includes(status)),
        ({ status }) => status === 'lapsed',
      ),
  },
  {
    ...collaboration,
    id: 'approved',
    says: 'Approved of what was asked',
    unit: 'share',
    better: 'more',
    target: 0.8,
    minimum: 'approvals',
    formula: 'questions approved ÷ questions approved or rejected',
    rows: 'approval',
    source: '[61]: escalation appropriateness',
    measure: ({ questions }) =>
      share(
        questions.filter(({ status }) => status === 'approved' || status === 'rejected'),
        ({ status }) => status === 'approved',
      ),
  },
  {
    ...collaboration,
    id: 'satisfaction',
    says: 'Thumbs up',
    unit: 'share',
    better: 'more',
    target: 0.8,
    minimum: 'ratings',
    formula: 'answers with a thumb up ÷ answers with a thumb',
    rows: 'answer_vote',
    source: '[61]: human satisfaction; CSAT',
    measure: ({ votes }) => share(votes, ({ up }) => up),
  },
];
