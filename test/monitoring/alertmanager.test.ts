import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { fernwood } from '../../src/estate/company.ts';
import { openQueue } from '../../src/jobs/queue.ts';
import { alertLabelsSchema } from '../../src/monitoring/alerts/alert.ts';
import { openAlertDoor } from '../../src/monitoring/alerts/door.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { openEmbeddedTest } from '../databases.ts';
import { folderForTest, installed, startAlertmanager, until } from '../systems/real.ts';
import { unrouted } from './outside.ts';
import { openPort, token } from './webhooks.ts';

const log = { warn: () => {}, error: () => {} };
const schema = '../shared/data/schemas/alertmanager-api-v2.openapi.yaml';

/** What is wrong with `body` by Alertmanager's own OpenAPI; undefined when nothing is, or the file is not here. */
function objection(name: string, body: unknown): string | undefined {
  if (!existsSync(schema))
    return void console.warn(`SKIPPED: the OpenAPI of Alertmanager is not at ${schema}.`);
  const { definitions } = parse(readFileSync(schema, 'utf8'));
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const validate = ajv.compile({ definitions, $ref: `#/definitions/${name}` });
  return validate(body) ? undefined : ajv.errorsText(validate.errors);
}

test.skipIf(!installed('prometheus-alertmanager'))(
  'a real Alertmanager tells of alerts that fire and that are over',
  async () => {
    const database = await openEmbeddedTest();
    const queue = await openQueue(database, log);
    const store = { db: database.db, queue, chain: 'trial' as const };
    const labels = alertLabelsSchema.parse({});
    const refused: string[] = [];
    const deps = { store, inventory: fernwood, routing: unrouted, labels, token, log, now: () => new Date() };
    const port = await openPort(openAlertDoor({ ...deps, refused: (because) => void refused.push(because) }));
    onTestFinished(async () => {
      await port.close();
      await queue.stop(0);
      await database.close();
    });
    const url = await startAlertmanager(folderForTest(), `${port.url}/alertmanager`, token);
    const post = async (...alerts: object[]) => {
      expect(objection('postableAlerts', alerts)).toBeUndefined();
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers,
        body: JSON.stringify(alerts),
      });
      expect(answer.status).toBe(200);
    };
    const signals = async () =>
      (
        await sql<Signal>`select *, recovered_at as "recoveredAt" from signal order by service`.execute(
          store.db,
        )
      ).rows;

    const down = { labels: { alertname: 'HostDown', instance: 'app-03:9100', severity: 'page' } };
    const slow = { labels: { alertname: 'Slow', service: 'search' }, annotations: { summary: 'half of it' } };
    await post(down, slow);
    await until(async () => (await signals()).length === 2, 'both alerts are signals');
    expect(await signals()).toMatchObject([
      {
        kind: 'alert',
        band: 'critical',
        service: 'payments',
        server: 'app-03',
        metric: 'HostDown',
        recoveredAt: null,
      },
      { kind: 'alert', band: 'watch', service: 'search', server: null, metric: 'Slow', recoveredAt: null },
    ]);
    await post({ ...down, endsAt: new Date().toISOString() });
    await until(async () => Boolean((await signals())[0]?.recoveredAt), 'the first is over');
    expect((await signals()).map(({ recoveredAt }) => recoveredAt === null)).toEqual([false, true]);
    expect(refused).toEqual([]);
  },
);
