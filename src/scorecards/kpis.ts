import type { Figure, Kpi } from './kpi.ts';
import { utilisation } from './kpis/autonomy.ts';
import { goals } from './kpis/goals.ts';
import { growthAndRules } from './kpis/governance.ts';
import { quality } from './kpis/quality.ts';

/** Every figure there is, in the order they are told. */
export const kpis: Kpi[] = [...goals, ...quality, ...utilisation, ...growthAndRules];

const byId = new Map(kpis.map((kpi) => [kpi.id, kpi]));

/** The figure of that id. Throws where there is none. */
export function kpi(id: string): Kpi {
  const found = byId.get(id);
  if (!found) throw new Error(`There is no figure called ${id}.`);
  return found;
}

const decimals = (value: number) => (Math.abs(value) < 10 ? 1 : 0);
const number = (value: number, digits = decimals(value)) =>
  value.toLocaleString('en-GB', { maximumFractionDigits: digits });

/** A value of a figure for people, such as "3.1 min" or "84 %". Pure. */
export function valueSays({ unit }: Pick<Kpi, 'unit'>, value: number, currency: string): string {
  switch (unit) {
    case 'minutes':
      return value < 1 ? `${Math.round(value * 60)} s` : `${number(value)} min`;
    case 'share':
      return `${number(value * 100, value > 0.995 && value < 1 ? 1 : 0)} %`;
    case 'money':
      return `${currency} ${number(value, Math.abs(value) < 10 ? 2 : 0)}`;
    case 'hours':
      return `${number(value)} h`;
    case 'stars':
      return `${number(value, 1)} of 5`;
    case 'count':
    case 'user minutes':
    case 'posts':
      return number(value);
  }
}

/** A figure for people: its value, or that there is too little to say. Pure. */
export function figureSays(figure: Figure, currency: string): string {
  const { value, of, least } = figure;
  if (value === null) return `not enough data (${of} of ${least})`;
  return valueSays(kpi(figure.kpi), value, currency);
}
