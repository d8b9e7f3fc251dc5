// The process that imports a fleet's minutes: `scrape-fill.ts URL SERVERS FIRST-MINUTE MINUTES`.
import { openFleet } from './scrape-fleet.ts';

const [url = '', servers, first, count] = process.argv.slice(2);
const fleet = openFleet(Number(servers));
const minutes = Array.from({ length: Number(count) }, (_, nth) => Number(first) + nth);
const timestamps = JSON.stringify(minutes.map((minute) => minute * 60_000));
const atOnce = 4_000;

for (let begin = 0; begin < fleet.length; begin += atOnce) {
  const lines = Array.from({ length: Math.min(atOnce, fleet.length - begin) }, (_, nth) => {
    const { metric, subject } = fleet.series(begin + nth);
    const labels = JSON.stringify({ __name__: metric, instance: subject, job: 'node' });
    const values = JSON.stringify(minutes.map((minute) => fleet.value(begin + nth, minute)));
    return `{"metric":${labels},"values":${values},"timestamps":${timestamps}}`;
  });
  const answer = await fetch(`${url}/api/v1/import`, { method: 'POST', body: lines.join('\n') });
  if (!answer.ok) throw new Error(`The import was answered with ${answer.status}: ${await answer.text()}`);
}
await fetch(`${url}/internal/force_flush`);
