import type { TopLevelSpec } from 'vega-lite';
import { configuration, ink } from '../monitoring/chart/chart.ts';
import type { Reliability } from './reliability.ts';

const panel = { width: 240, height: 200 };
const most = 6;

/** Reliability diagrams, the six classes that are furthest off; undefined where no class has enough. Pure. */
export function diagramOf(all: Reliability[]): TopLevelSpec | undefined {
  if (all.length === 0) return undefined;
  const shown = all.slice(0, most);
  return {
    background: '#ffffff',
    padding: { left: 14, right: 20, top: 14, bottom: 10 },
    config: { ...configuration, title: { ...configuration.title, fontSize: 17, limit: 420 } },
    columns: 3,
    spacing: 64,
    bounds: 'flush',
    concat: shown.map(panelOf),
  } as TopLevelSpec;
}

/** What the diagrams show, in words. Pure. */
export function diagramAlt(all: Reliability[]): string {
  const said = all.slice(0, most).map(({ class: name, bins }) => {
    const each = bins.map((bin) => `said ${percent(bin.said)}, right ${percent(bin.right)} of ${bin.of}`);
    return `${name}: ${each.join('; ')}.`;
  });
  return `Reliability diagrams: how sure was said against how often it was right. ${said.join(' ')}`;
}

function panelOf({ class: name, of, ece, brier, bins }: Reliability) {
  const axis = (title: string) => ({
    ...{ title, values: [0, 25, 50, 75, 100], labelFontSize: 13, titleFontSize: 13, gridColor: ink.grid },
    ...{ domain: false, ticks: false },
  });
  const scale = { domain: [0, 100] };
  const x = { field: 'said', type: 'quantitative', scale, axis: axis('said, %') };
  const y = { field: 'right', type: 'quantitative', scale, axis: axis('right, %') };
  const rows = bins.map((bin) => ({ said: bin.said * 100, right: bin.right * 100, of: bin.of }));
  return {
    ...panel,
    title: {
      ...{ text: name, subtitle: `ECE ${ece.toFixed(2)} · Brier ${brier.toFixed(2)} · ${of} outcomes` },
      ...{ subtitleFontSize: 13, subtitleColor: ink.quiet },
    },
    layer: [
      {
        data: {
          values: [
            { said: 0, right: 0 },
            { said: 100, right: 100 },
          ],
        },
        mark: { type: 'line', color: ink.off, strokeDash: [5, 4], strokeWidth: 1.4 },
        encoding: { x, y },
      },
      { data: { values: rows }, mark: { type: 'line', color: ink.line, strokeWidth: 2 }, encoding: { x, y } },
      {
        data: { values: rows },
        mark: { type: 'point', filled: true, color: ink.line, opacity: 1 },
        encoding: {
          x,
          y,
          size: { field: 'of', type: 'quantitative', legend: null, scale: { range: [50, 260] } },
        },
      },
    ],
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
