// The command line's reports.
import { type Compliance, complianceTable } from './audit/compliance.ts';
import { moment } from './audit/told.ts';
import { textOf, type Verb, wrong } from './verb.ts';

export const reportCompliance: Verb = {
  name: 'report compliance',
  does: 'who did what under which authority on one system, from the audit',
  help: `Usage: npm run roster -- report compliance --system NAME --from WHEN --to WHEN

  --system NAME        a service, a server, a target or a tool
  --from, --to         a day (UTC) or a time with its zone; a day is included whole`,
  options: { system: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
  run: async (given) => {
    const [system, from, to] = [textOf(given, 'system'), textOf(given, 'from'), textOf(given, 'to')];
    if (!system || !from || !to || given.rest.length > 0)
      return wrong('report compliance needs --system, --from and --to, and nothing else.');
    const [start, until] = [moment(from), moment(to, true)];
    if (!start || !until)
      return wrong(`${start ? to : from} is neither a day such as 2026-11-21 nor a time with its zone.`);
    if (start >= until) return wrong('--from must lie before --to.');
    return given.ask(['/operator/report-compliance', { system, from: start, until }], async (answer) => {
      if (answer.kind === 'wrong') return wrong(answer.because);
      if (answer.kind === 'text')
        throw new Error('The running app answered with something else than a report.');
      const report = answer.value as Compliance;
      return { code: 0, text: given.values.json ? JSON.stringify(report) : complianceTable(report) };
    });
  },
};
