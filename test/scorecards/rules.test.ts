// What is judged from figures, as tables: reliability, bands that are not earned, habits of deciding, maturity.
import { describe, expect, test } from 'vitest';
import type { ApprovalId, PersonId, WorkerId } from '../../src/ids.ts';
import type { Asked } from '../../src/scorecards/facts.ts';
import { habitsOf } from '../../src/scorecards/habits.ts';
import type { Figure } from '../../src/scorecards/kpi.ts';
import { kpis } from '../../src/scorecards/kpis.ts';
import { criteria, maturityOf } from '../../src/scorecards/maturity.ts';
import { reliabilities, reliabilityOf, type Said, unearned } from '../../src/scorecards/reliability.ts';
import { manifests } from '../shift.ts';

const rex = 'rex' as WorkerId;
const said = (said: number, right: boolean, alone = true, name = 'deed restart-service'): Said => {
  return { class: name, worker: rex, said, right, alone };
};
const many = (of: number, right: number, confidence = 0.9, alone = true) =>
  Array.from({ length: of }, (_, nth) => said(confidence, nth < right, alone));

describe('reliability', () => {
  test('expected calibration error and Brier score, by hand', () => {
    // .9 twice, right once: off by .4; .6 twice, right both: off by .4. Brier: (.01 + .81 + .16 + .16) / 4.
    const { ece, brier, bins } = reliabilityOf('deed x', [
      said(0.9, true),
      said(0.9, false),
      said(0.6, true),
      said(0.6, true),
    ]);
    expect(ece).toBeCloseTo(0.4, 10);
    expect(brier).toBeCloseTo(0.285, 10);
    expect(bins.map(({ from, of }) => [from.toFixed(1), of])).toEqual([
      ['0.6', 2],
      ['0.9', 2],
    ]);
  });

  test('a class with too few outcomes is counted and not told; the furthest off is told first', () => {
    const good = many(20, 18).map((one) => ({ ...one, class: 'deed good' }));
    const { told, few } = reliabilities([...good, ...many(20, 5), said(0.5, true, false, 'cause rare')], 20);
    expect(told.map((one) => one.class)).toEqual(['deed restart-service', 'deed good']);
    expect(few).toBe(1);
  });

  test.each([
    ['as often as its bar says', many(20, 17), false],
    ['less often', many(20, 16), true],
    ['less often, of too few', many(19, 10), false],
    ['less often, but never alone', many(20, 10, 0.9, false), false],
  ])('right %s', (_, all, lost) => {
    const found = unearned(all, manifests.policy, 20);
    expect(found.map(({ tool, bar }) => [tool, bar])).toEqual(lost ? [['restart-service', 0.85]] : []);
  });
});

describe('habits of deciding', () => {
  const at = Date.UTC(2026, 10, 16);
  const question = (
    nth: number,
    seconds: number,
    answer: 'approve' | 'reject',
    regretted = false,
  ): Asked => ({
    ...{
      id: `app-${nth}` as ApprovalId,
      askedAt: new Date(at),
      at: new Date(at),
      incident: null,
      worker: rex,
    },
    ...{
      what: 'Restart checkout',
      status: answer === 'approve' ? 'approved' : 'rejected',
      rounds: 1,
      regretted,
    },
    answers: [{ person: 'robin' as PersonId, answer, at: new Date(at + seconds * 1_000), reason: null }],
  });
  const all = (seconds: number[], no = 0) =>
    seconds.map((one, nth) => question(nth, one, nth < no ? 'reject' : 'approve'));
  const quick = [2, 3, 4, 5, 60, 90];
  const slow = [40, 60, 80, 100, 120, 300];
  test.each([
    ['yes to all, half of it at once', all(quick), 0, ['rubber-stamping']],
    ['yes to all, after reading', all(slow), 0, []],
    ['at once, and one no', all(quick, 1), 0, []],
    ['no to half', all(slow, 3), 0, ['over-reviewing']],
    ['a question back on nearly all', all(slow), 5, ['over-reviewing']],
  ])('%s', (_, questions, asked, found) => {
    const enquired = asked > 0 ? [{ person: 'robin' as PersonId, questions: asked }] : [];
    expect(habitsOf(questions, enquired, manifests.reporting).map((one) => one.found)).toEqual([found]);
  });

  test('in numbers; of too few decisions nothing is said', () => {
    const [robin] = habitsOf([...all(quick), question(9, 8, 'approve', true)], [], manifests.reporting);
    expect(robin).toMatchObject({ decided: 7, yes: 1, seconds: 5, regretted: ['app-9'] });
    expect(habitsOf(all([1, 2, 3, 4]), [], manifests.reporting)).toEqual([]);
  });
});

describe('maturity', () => {
  const figures = (values: Record<string, number | null>): Figure[] =>
    kpis.map(({ id }) => ({
      kpi: id,
      value: values[id] ?? null,
      of: 9,
      silent: 0,
      least: 5,
      target: null,
      rows: [],
    }));
  const sound = { darkServers: 0, months: 12, uncovered: 0 };
  const signals = { 'false-alarms': 0.19, 'acted-upon': 0.6 };
  const causes = { 'cause-2-min': 0.8, 'first-attempt': 0.8 };
  const alone = { alone: 0.9, 'under-4-min': 0.78, violations: 0, prevented: 1 };
  test.each([
    [1, 'nothing is known', {}, { darkServers: null, months: null, uncovered: null }],
    [
      1,
      'all is well but one server is dark',
      { ...signals, ...causes, ...alone },
      { ...sound, darkServers: 1 },
    ],
    [2, 'the foundation stands', {}, sound],
    [2, 'too many false alarms', { ...signals, ...causes, ...alone, 'false-alarms': 0.21 }, sound],
    [3, 'signals are worth reading', signals, sound],
    [4, 'causes come by themselves', { ...signals, ...causes }, sound],
    [4, 'one deed ran against the rules', { ...signals, ...causes, ...alone, violations: 1 }, sound],
    [5, 'most is mended alone', { ...signals, ...causes, ...alone }, sound],
  ])('level %i: %s', (level, _, values, foundation) => {
    const found = maturityOf(figures(values), foundation, 'EUR');
    expect(found.level).toBe(level);
    expect(found.missing.every(({ criterion }) => criterion.leaves === level)).toBe(true);
    expect(found.missing.length > 0).toBe(level < 5);
    expect(found.judged).toHaveLength(criteria.length);
  });
});
