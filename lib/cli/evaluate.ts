import type { ExampleSource } from '../data/example';
import type { Metrics } from '../metrics/meter';
import { loadModel } from '../models/load-model';
import type { SequenceModel } from '../models/sequence-model';
import { checkDataFlags } from './data-options';
import { checkNotOutput } from './distinct-files';
import type { EvaluateFlags } from './evaluate-options';
import { readEvaluationExamples } from './examples';
import { duration, metricName, shortNumber } from './format';
import { interruption } from './interruption';
import { readSequences } from './sequences';
import { asTrained } from './series-flags';
import { searchOptions } from './serving-options';
import { table } from './table';
import { formsOf } from './table-columns';
import { checkThreads } from './threads';

/** `bptt evaluate`: measures a model and writes the metrics. */
export async function evaluate(path: string, given: EvaluateFlags): Promise<void> {
  const signal = interruption();
  const { data, batchSize, threads } = given;
  await checkNotOutput([{ option: '--data', path: data }]);
  const model: SequenceModel = await loadModel(path);
  const flags = asTrained(given, model, data);
  checkDataFlags(flags, [data], model.mode);
  const search = searchOptions(flags, model);
  checkThreads(threads);
  const metrics = await model.evaluate(await readData(model, flags, signal), {
    batchSize,
    threads,
    signal,
    ...search,
  });
  process.stdout.write(`${flags.json === true ? JSON.stringify(metrics) : metricsTable(metrics)}\n`);
}

async function readData(
  model: SequenceModel,
  flags: EvaluateFlags,
  signal: AbortSignal,
): Promise<ExampleSource> {
  const { architecture, mode } = model;
  const forms = formsOf(model);
  if (!('output' in architecture)) {
    const withContext = architecture.context !== 'none';
    return (await readSequences(
      flags.data,
      { ...flags, withContext, forms },
      { signal },
    )) as unknown as ExampleSource;
  }
  return readEvaluationExamples(flags.data, {
    ...flags,
    forms,
    target: mode === 'encoder-decoder' ? 'rows' : 'sequence',
    signal,
  });
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
