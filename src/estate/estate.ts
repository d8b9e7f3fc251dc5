// The estate: the trial's make-believe company, speaking the wire formats of Prometheus, Loki, Jaeger, AWX,
// ServiceNow and Jira on loopback.
// Not a mock of our own code, and nothing of it runs on a real site.
import type { Inventory } from '../inventory/inventory.ts';
import type { Db } from '../postgres/database.ts';
import { answerAwx } from './awx.ts';
import { openChanges } from './changes.ts';
import { faults } from './faults/all.ts';
import { badDeployment } from './faults/bad-deployment.ts';
import { serve } from './http.ts';
import { answerJaeger } from './jaeger.ts';
import { answerJira, type ChangeIssue } from './jira.ts';
import { type Broken, Keeper } from './keeper.ts';
import { answerLoki } from './loki.ts';
import { answerPrometheus } from './prometheus.ts';
import { answerServiceNow, type ChangeRow } from './servicenow.ts';
import type { Breakage } from './world.ts';

interface Settings {
  db: Db;
  now: () => Date;
  /** How many times faster than real time faults build up, mends work and jobs run. */
  speed: number;
  /** The bearer token that its AWX lets in, and the password of its ServiceNow and its Jira. */
  token: string;
  /** On loopback; any that is free when not given. */
  port?: number;
  /** Another seed is other noise and another history of deployments. */
  seed?: number;
}

interface Login {
  url: string;
  user: string;
  password: string;
}

export interface Estate {
  url: string;
  prometheusUrl: string;
  lokiUrl: string;
  jaegerUrl: string;
  awxUrl: string;
  awxToken: string;
  serviceNow: Login;
  jira: Login;
  inventory: Inventory;
  /** The ways it can break, with a line of help each. */
  faults(): { name: string; says: string }[];
  /** Breaks something now, where nothing is broken yet; *refused* for an unknown fault or when no place is left. */
  break(name: string, now: Date): Promise<Broken>;
  /** The bad deployment every trial begins with, once per database; *refused* when it has come before. */
  startFirstFault(at: Date): Promise<Broken>;
  /** What is broken and not mended, oldest first. */
  openFaults(): Breakage[];
  close(): Promise<void>;
}

/** Opens the company as the database last saw it and serves it. Throws when the port is taken or the database fails. */
export async function openEstate({ db, now, speed, token, port = 0, seed = 1 }: Settings): Promise<Estate> {
  const keeper = await Keeper.open({ db, now, speed, seed });
  const { world } = keeper;
  const serviceNow = { changes: openChanges<ChangeRow>(db, 'servicenow'), user: 'roster', password: token };
  const jira = { changes: openChanges<ChangeIssue>(db, 'jira'), email: 'roster@fernwood.example', token };
  const { url, close } = await serve(port, {
    prometheus: (request) => answerPrometheus(request, world, keeper.look()),
    loki: (request) => answerLoki(request, world, keeper.look()),
    jaeger: (request) => answerJaeger(request, world, keeper.look()),
    awx: (request) =>
      answerAwx(
        request,
        {
          world,
          token,
          launch: (order) => keeper.launch(order),
          cancel: (job) => keeper.cancel(job),
        },
        keeper.look(),
      ),
    servicenow: (request) => answerServiceNow(request, serviceNow, now()),
    jira: (request) => answerJira(request, jira, now()),
  });
  return {
    url,
    prometheusUrl: `${url}/prometheus`,
    lokiUrl: `${url}/loki`,
    jaegerUrl: `${url}/jaeger`,
    awxUrl: `${url}/awx`,
    awxToken: token,
    serviceNow: { url: `${url}/servicenow`, user: serviceNow.user, password: token },
    jira: { url: `${url}/jira`, user: jira.email, password: token },
    inventory: world.inventory,
    faults: () => faults.map(({ name, says }) => ({ name, says })),
    break: (name, at) => breakByName(keeper, name, at),
    startFirstFault: (at) => keeper.strike(badDeployment, at, true),
    openFaults: () => keeper.open(),
    async close() {
      await close();
      await keeper.close();
    },
  };
}

async function breakByName(keeper: Keeper, name: string, at: Date): Promise<Broken> {
  const fault = faults.find((one) => one.name === name);
  if (fault) return keeper.strike(fault, at, false);
  const known = faults.map((one) => one.name).join(', ');
  return { kind: 'refused', because: `There is no fault called "${name}"; there are ${known}.` };
}
