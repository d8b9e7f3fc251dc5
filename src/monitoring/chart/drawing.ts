// The thread that draws: takes Vega-Lite specifications and answers with PNGs, one after the other.
// Nothing else happens here: a drawing takes longer than the main thread may be busy.
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { Resvg } from '@resvg/resvg-js';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { pngOf } from './png.ts';

/** Twice the pixels, for screens that have them. */
const zoom = 2;

/** Brought along, because a server often has no fonts at all. */
const fontFiles = [
  import.meta.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  import.meta.resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
].map((url) => fileURLToPath(url));

async function draw(spec: TopLevelSpec): Promise<Uint8Array> {
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'Inter' };
    return pngOf(new Resvg(await view.toSVG(), { font, fitTo: { mode: 'zoom', value: zoom } }).render());
  } finally {
    view.finalize();
  }
}

parentPort?.on('message', async ({ id, spec }: { id: number; spec: TopLevelSpec }) => {
  try {
    parentPort?.postMessage({ id, png: await draw(spec) });
  } catch (error) {
    parentPort?.postMessage({ id, because: error instanceof Error ? error.message : String(error) });
  }
});
