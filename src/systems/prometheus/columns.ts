// What a cycle reads, as columns: a number per series, known once, and a value beside each. 240,000 objects a
// cycle would cost more than everything that is done with them.

/** A metric to be read each cycle, and which of its labels say what a series is about. */
export interface Asked {
  name: string;
  promql: string;
  /** The label that names the server or service. */
  label: string;
  /** The label that names the container's pod or workload: a pod that lives minutes is judged by its workload. */
  workload?: string | undefined;
  /** More labels that keep the series of one subject apart, such as a mount point. */
  each?: string[] | undefined;
  /** Which of several series that are not kept apart stands for them: the worst. */
  worst: 'most' | 'least';
}

/** What the series of one number is about; `part` is '' where its subject has one series only. */
export interface Numbered {
  metric: string;
  subject: string;
  part: string;
}

export interface Columns {
  /** Numbers of the series that answered, each once. */
  series: Int32Array<ArrayBuffer>;
  /** The value of each; always finite. */
  values: Float64Array<ArrayBuffer>;
}

/** Series that got a number, from `first` on. `metrics` are places in what was asked. */
export interface Fresh {
  first: number;
  metrics: Int32Array<ArrayBuffer>;
  subjects: string[];
  parts: string[];
}

/** As they came: parsed, and of no shape that was looked at. */
type Labels = Record<string, unknown>;

export interface Collector {
  /** The number of a series of the metric at this place; -1 when it lacks the label that says what it is about. */
  numberOf(metric: number, labels: Labels): number;
  /** One sample of this cycle. What is not finite is not there. */
  put(number: number, value: number): void;
  /** What was put since the last call. */
  take(): Columns;
  /** What was numbered since the last call; undefined when nothing was. */
  fresh(): Fresh | undefined;
}

/** Numbers series and gathers their values. `known` are numbers given out before, in order. */
export function openCollector(asked: Asked[], known: Numbered[] = []): Collector {
  const numbers = asked.map(() => new Map<string, number>());
  const all = { metrics: [] as number[], subjects: [] as string[], parts: [] as string[] };
  let values = new Float64Array(1_024);
  let seen = new Uint32Array(1_024);
  let touched = new Int32Array(1_024);
  let count = 0;
  let cycle = 1;
  let told = 0;

  function add(metric: number, subject: string, part: string): number {
    const number = all.metrics.push(metric) - 1;
    all.subjects.push(subject);
    all.parts.push(part);
    numbers[metric]?.set(part === '' ? subject : `${subject}\n${part}`, number);
    if (number >= values.length) {
      values = grown(values, new Float64Array(2 * values.length));
      seen = grown(seen, new Uint32Array(2 * seen.length));
      touched = grown(touched, new Int32Array(2 * touched.length));
    }
    return number;
  }

  const places = new Map(asked.map(({ name }, place) => [name, place]));
  for (const { metric, subject, part } of known) add(places.get(metric) ?? -1, subject, part);
  told = known.length;

  return {
    numberOf: (metric, labels) => {
      const of = asked[metric] as Asked;
      const about = aboutOf(of, labels);
      if (!about) return -1;
      const { subject, part } = about;
      const key = part === '' ? subject : `${subject}\n${part}`;
      return numbers[metric]?.get(key) ?? add(metric, subject, part);
    },
    put: (number, value) => {
      if (number < 0 || !Number.isFinite(value)) return;
      if (seen[number] !== cycle) {
        seen[number] = cycle;
        values[number] = value;
        touched[count++] = number;
      } else if (isWorse(asked[all.metrics[number] as number], value, values[number] as number)) {
        values[number] = value;
      }
    },
    take: () => {
      const series = touched.slice(0, count);
      const taken = new Float64Array(count);
      for (let nth = 0; nth < count; nth += 1) taken[nth] = values[series[nth] as number] as number;
      count = 0;
      cycle += 1;
      return { series, values: taken };
    },
    fresh: () => {
      if (told === all.metrics.length) return undefined;
      const first = told;
      told = all.metrics.length;
      return {
        first,
        metrics: Int32Array.from(all.metrics.slice(first)),
        subjects: all.subjects.slice(first),
        parts: all.parts.slice(first),
      };
    },
  };
}

/** What a series is about by its labels; undefined when it lacks the one that says so. */
export function aboutOf(asked: Asked, labels: Labels): Omit<Numbered, 'metric'> | undefined {
  const subject = labels[asked.label];
  if (typeof subject !== 'string' || subject === '') return undefined;
  return { subject, part: partOf(asked, labels) };
}

/** What keeps this series apart from others of its subject: its workload and the labels in `each`. */
function partOf({ workload, each = [] }: Asked, labels: Labels): string {
  if (workload === undefined && each.length === 0) return '';
  const said = (label: string) => (typeof labels[label] === 'string' ? labels[label] : '');
  const own = workload === undefined ? [] : [workloadOf(said(workload))];
  return [...own, ...each.map(said)].filter((one) => one !== '').join(' ');
}

// The letters and digits of Kubernetes' `rand.SafeEncodeString`: no vowels, so that no word comes out by chance.
const safe = '[bcdfghjklmnpqrstvwxz2456789]';
const generated = new RegExp(`-(?:${safe}{6,10}-${safe}{5}|[0-9]{6,}-${safe}{5}|${safe}{5}|[0-9]+)$`);

/**
 * The workload of a Kubernetes pod by its name, which ends in a generated part: `cart-5d8f7c9b6d-x2k4q` of a
 * Deployment, `backup-28512345-x2k4q` of a CronJob, `agent-x2k4q` of a DaemonSet, `db-0` of a StatefulSet. Any
 * other name is its own.
 */
export function workloadOf(pod: string): string {
  return pod.replace(generated, '') || pod;
}

function isWorse(asked: Asked | undefined, value: number, than: number): boolean {
  return asked?.worst === 'least' ? value < than : value > than;
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
