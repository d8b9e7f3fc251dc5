import { severityOf, textOf, timeOf } from './plain.ts';
import type { Row } from './rows.ts';

/** A record of ServiceNow's incident table, from its REST interface or exported as CSV under field names. Times there are UTC. Pure. */
export function serviceNowRow(row: Row): object {
  const first = (...fields: string[]) => fields.map((one) => row[one]).find((value) => textOf(value));
  return {
    source: 'servicenow',
    key: textOf(first('number', 'Number')),
    title: textOf(first('short_description', 'Short description')),
    symptoms: textOf(first('description', 'Description')),
    rootCause: textOf(first('cause', 'u_root_cause', 'Probable cause')),
    resolution: textOf(first('close_notes', 'Resolution notes', 'Close notes')),
    kind: textOf(first('subcategory', 'Subcategory', 'category', 'Category')),
    service: textOf(first('business_service', 'Service')),
    server: textOf(first('cmdb_ci', 'Configuration item')),
    severity: severityOf(first('severity', 'Severity', 'priority', 'Priority')),
    openedAt: timeOf(ownOf(first('opened_at', 'Opened', 'sys_created_on', 'Created'))),
    endedAt: timeOf(ownOf(first('resolved_at', 'Resolved', 'closed_at', 'Closed'))),
  };
}

/** A time as the table has it, in UTC, not as it is shown to whoever exported it. */
function ownOf(field: unknown): unknown {
  return typeof field === 'object' && field !== null && 'value' in field ? field.value : field;
}
