// Training steps and inference of recurrent layers.
import { timeLayer } from '../harness/layer-rows.mjs';

export async function layers({ options, sides, others, limits }) {
  const { cells, modes, precisions, sets, threads, turns } = options;
  const present = await sides.present(threads);
  const rows = [];
  for (const [set, shapes] of Object.entries(sets)) {
    for (const precision of precisions) {
      for (const cell of cells) {
        for (const mode of modes) {
          for (const shape of shapes.filter(({ cells: only }) => only?.includes(cell) ?? true)) {
            rows.push(await timeLayer({ set, precision, cell, mode, shape }, { sides: present, turns, others, limits }));
          }
        }
      }
    }
  }
  return { threads, rows };
}
