import { loadModel } from '../load-model';
import type { Metrics } from '../meter';
import type { SequenceModel } from '../sequence-model';
import { checkDataFlags } from './data-options';
import type { EvaluateFlags } from './evaluate-options';
import { readEvaluationExamples } from './examples';
import { duration, metricName, shortNumber } from './format';
import { interruption } from './interruption';
import { searchOptions } from './serving-options';
import { table } from './table';

/** `bptt evaluate`: measures a model and writes the metrics. */
export async function evaluate(path: string, flags: EvaluateFlags): Promise<void> {
  const signal = interruption();
  const { data, batchSize, threads } = flags;
  const model: SequenceModel = await loadModel(path);
  checkDataFlags(flags, [data], model.mode);
  const search = searchOptions(flags, model);
  const numericY = model.architecture.output.kind === 'values';
  const target = model.mode === 'encoder-decoder' ? 'rows' : 'sequence';
  const examples = await readEvaluationExamples(data, { ...flags, numericY, target, signal });
  const metrics = await model.evaluate(examples, {
    batchSize,
    threads,
    signal,
    ...search,
  });
  process.stdout.write(`${flags.json === true ? JSON.stringify(metrics) : metricsTable(metrics)}\n`);
}

/** The metrics that are one number. */
function metricsTable(metrics: Metrics): string {
  const rows: string[][] = [];
  for (const [key, value] of Object.entries(metrics) as [string, unknown][]) {
    if (typeof value === 'number') {
      rows.push([metricName(key), key === 'seconds' ? duration(value) : shortNumber(value)]);
    }
  }
  return table(rows);
}
