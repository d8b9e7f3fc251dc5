// ServiceNow, read: change requests, by its Table API.
// Not where they are written: that is write.ts. Nor what a change record says, which the room records/ knows.
import { z } from 'zod';
import { type Access, ask, parseJson } from '../http.ts';

export interface ChangeRequest {
  /** Its sys_id. */
  id: string;
  /** `CHG0030001` */
  number: string;
  /** -5 New, -4 Assess, -3 Authorize, -2 Scheduled, -1 Implement, 0 Review, 3 Closed, 4 Canceled; sites may have more. */
  state: number;
}

export interface ServiceNow {
  /** The oldest change request with this correlation id. */
  findChange(correlation: string): Promise<ChangeRequest | undefined>;
  change(id: string): Promise<ChangeRequest>;
}

export const table = '/api/now/table/change_request';
/** Only what is read, as it is stored: times in UTC, states as numbers. */
export const asStored = { sysparm_fields: 'sys_id,number,state', sysparm_display_value: 'false' };

const row = z
  .object({
    sys_id: z.string().regex(/^[0-9a-f]{32}$/),
    number: z.string().min(1),
    state: z.string().regex(/^-?\d+$/),
  })
  .transform(({ sys_id, number, state }): ChangeRequest => ({ id: sys_id, number, state: Number(state) }));
const rows = z.object({ result: z.array(row) });
export const one = z.object({ result: row });

/** A client of the ServiceNow at `access`. Its methods throw `SystemFailed`; a change that is not there is a 404. */
export function openServiceNow(access: Access): ServiceNow {
  return {
    async findChange(correlation) {
      const query = {
        ...asStored,
        sysparm_query: `correlation_id=${correlation}^ORDERBYsys_created_on`,
        sysparm_limit: 1,
      };
      const { result } = await ask('ServiceNow', access, { path: table, query, explain }, rows);
      return result[0];
    },
    async change(id) {
      const question = { path: `${table}/${id}`, query: asStored, explain };
      return (await ask('ServiceNow', access, question, one)).result;
    },
  };
}

const failure = z.object({ error: z.object({ message: z.string(), detail: z.string().nullish() }) });

/** What ServiceNow itself says went wrong. */
export function explain(body: string): string | undefined {
  const { data } = failure.safeParse(parseJson(body));
  return data && [data.error.message, data.error.detail].filter(Boolean).join(': ');
}
