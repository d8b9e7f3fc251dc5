import type { Case } from '../facts.ts';
import { count, type Given, type Kpi, mean, minutesBetween, share, sum } from '../kpi.ts';

/** What was an incident: a false alarm is none. */
export const real = (cases: Case[]) => cases.filter(({ falseAlarm }) => !falseAlarm);
const toMend = ({ openedAt, mendedAt }: Case) => minutesBetween(openedAt, mendedAt);
/** Mended, and nobody had to do, decide or say anything. */
export const isAlone = ({ needed, mendedAt }: Case) => needed.length === 0 && mendedAt !== null;

const goal = { dimension: 'goals', cadence: 'monthly' } as const;
const incidents = 'incident, incident_entry';

/** Whether what was to be reached was: incidents mended, fast and alone, and what that was worth. */
export const goals: Kpi[] = [
  {
    ...goal,
    id: 'mttr',
    says: 'Mean time to restore',
    unit: 'minutes',
    better: 'less',
    minimum: 'incidents',
    formula: 'mean of (mended − opened) over the incidents that ended in the time and whose mend is known',
    rows: 'incident (opened_at, mitigated_at; usual_since where somebody else mended it)',
    source: 'mean time to restore service, ITIL 4; "failed deployment recovery time", DORA; [38]',
    measure: ({ cases }) => mean(real(cases), toMend),
  },
  {
    ...goal,
    id: 'under-4-min',
    says: 'Mended in under 4 minutes',
    unit: 'share',
    better: 'more',
    target: 0.78,
    minimum: 'incidents',
    formula: 'incidents mended less than 4 min after they were opened ÷ incidents whose mend is known',
    rows: 'incident (opened_at, mitigated_at, usual_since)',
    source: '[54]: signal to mitigated under 4 min for 78 %',
    measure: ({ cases }) =>
      share(
        real(cases).filter((one) => one.mendedAt !== null),
        (one) => (toMend(one) ?? Number.POSITIVE_INFINITY) < 4,
      ),
  },
  {
    ...goal,
    id: 'cause-2-min',
    says: 'Cause named within 2 minutes',
    unit: 'share',
    better: 'more',
    target: 0.8,
    minimum: 'incidents',
    formula:
      'incidents whose first diagnosis came within 2 min of their opening ÷ all incidents; none named is a miss',
    rows: `${incidents} (kind = diagnosis)`,
    source: '[54]: root cause posted within 2 min for more than 80 %',
    measure: ({ cases }) =>
      share(real(cases), ({ openedAt, causeAt }) => (minutesBetween(openedAt, causeAt) ?? 3) <= 2),
  },
  {
    ...goal,
    id: 'alone',
    says: 'Mended without a person',
    unit: 'share',
    better: 'more',
    target: 0.9,
    minimum: 'incidents',
    formula:
      'incidents mended of which nobody was asked and answered, that were not escalated, taken, gone through by hand, steered or ended by a person ÷ all incidents',
    rows: `${incidents}, approval_answer`,
    source: '[54]: less than 10 % need a person',
    measure: ({ cases }) => share(real(cases), isAlone),
  },
  {
    ...goal,
    id: 'user-minutes',
    says: 'User minutes affected',
    unit: 'user minutes',
    better: 'less',
    formula:
      'sum over incidents of users an hour ÷ 60 × share of requests failing × minutes from opened to mended; incidents for which one of them is not known are left out and counted apart',
    rows: 'post_mortem (written: impact.userMinutes)',
    source: '[38]; users times minutes, as the post-mortem reckons and shows it',
    measure: ({ cases }) => sum(real(cases), ({ userMinutes }) => userMinutes),
  },
  {
    ...goal,
    id: 'revenue-protected',
    says: 'Revenue at risk protected',
    unit: 'money',
    better: 'more',
    formula:
      'sum over incidents of services with an agreed time: revenue a minute × (agreed minutes to mend − minutes from opened to mended), below 0 where it took longer',
    rows: 'incident; inventory (revenuePerMinute, slaMinutes)',
    source: '[38]; the agreed time is the service level objective for restoring, ITIL 4',
    measure: ({ cases }, given) => sum(real(cases), (one) => protectedBy(one, given)),
  },
  {
    ...goal,
    id: 'prevented',
    says: 'Prevented before they came',
    unit: 'count',
    better: 'more',
    formula: 'predictions that ended without coming true after something was done against them',
    rows: 'incident (kind = prediction), action',
    source: '[43]',
    measure: ({ predictions }) => count(predictions.filter(({ prevented }) => prevented)),
  },
  {
    ...goal,
    id: 'hours-returned',
    says: 'Hours returned to people',
    unit: 'hours',
    better: 'more',
    formula:
      'sum over incidents mended without a person of the minutes that one of that severity takes by hand, less the minutes of every decision that people were asked for ÷ 60',
    rows: 'incident, approval_answer; reporting.yaml (value.minutes_by_hand, value.minutes_to_decide)',
    source: '[63]; the minutes by hand are the site’s own setting',
    measure: ({ cases, questions }, { reporting: { value } }) => {
      const alone = real(cases).filter(isAlone);
      const decided = questions.flatMap(({ answers }) => answers);
      const saved = alone.reduce(
        (total, { severity }) => total + (value.minutes_by_hand[severity - 1] ?? 0),
        0,
      );
      const minutes = saved - decided.length * value.minutes_to_decide;
      return { value: minutes / 60, of: alone.length + decided.length, rows: alone.map(({ id }) => id) };
    },
  },
  {
    ...goal,
    id: 'first-line',
    says: 'First-line work avoided',
    unit: 'count',
    better: 'more',
    formula: 'incidents of severity 3 and 4 mended without a person',
    rows: incidents,
    source: '[70]: first and second line, ITIL 4',
    measure: ({ cases }) => count(real(cases).filter((one) => isAlone(one) && one.severity >= 3)),
  },
  {
    ...goal,
    id: 'second-line',
    says: 'Second-line work avoided',
    unit: 'count',
    better: 'more',
    formula: 'incidents of severity 1 and 2 mended without a person',
    rows: incidents,
    source: '[70]: first and second line, ITIL 4',
    measure: ({ cases }) => count(real(cases).filter((one) => isAlone(one) && one.severity <= 2)),
  },
  {
    ...goal,
    id: 'cost',
    says: 'Cost of models',
    unit: 'money',
    better: 'less',
    formula: 'what models cost the workers on the days (UTC) of the time',
    rows: 'budget_used (worker:…, money)',
    source: '[30], [63]',
    measure: ({ spent }) => sum(spent, ({ money }) => money / 100),
  },
  {
    ...goal,
    id: 'cost-per-outcome',
    says: 'Cost per incident mended',
    unit: 'money',
    better: 'less',
    minimum: 'incidents',
    formula: 'cost of models ÷ incidents whose mend is known',
    rows: 'budget_used, incident',
    source: '[63]; unit cost, FinOps framework',
    measure: ({ spent, cases }) => {
      const mended = real(cases).filter(({ mendedAt }) => mendedAt);
      const money = spent.reduce((total, one) => total + one.money / 100, 0);
      return { value: money / mended.length, of: mended.length, rows: mended.map(({ id }) => id) };
    },
  },
];

/** Null where nothing was agreed, or its mend is not known. */
function protectedBy(one: Case, { inventory }: Given): number | null {
  const service = inventory.services.find(({ id }) => id === one.service);
  const minutes = toMend(one);
  if (service?.slaMinutes === undefined || minutes === null) return null;
  return service.revenuePerMinute * (service.slaMinutes - minutes);
}
