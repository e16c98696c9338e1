import type { ExampleSource } from '../data/example';
import { loadModel } from '../load-model';
import type { Metrics } from '../meter';
import type { SequenceModel } from '../sequence-model';
import { checkDataFlags } from './data-options';
import type { EvaluateFlags } from './evaluate-options';
import { checkNotOutput } from './distinct-files';
import { readEvaluationExamples } from './examples';
import { duration, metricName, shortNumber } from './format';
import { interruption } from './interruption';
import { readSequences } from './sequences';
import { searchOptions } from './serving-options';
import { table } from './table';

/** `bptt evaluate`: measures a model and writes the metrics. */
export async function evaluate(path: string, flags: EvaluateFlags): Promise<void> {
  const signal = interruption();
  const { data, batchSize, threads } = flags;
  await checkNotOutput([{ option: '--data', path: data }]);
  const model: SequenceModel = await loadModel(path);
  checkDataFlags(flags, [data], model.mode);
  const search = searchOptions(flags, model);
  const metrics = await model.evaluate(await readData(model, flags, signal), {
    batchSize,
    threads,
    signal,
    ...search,
  });
  process.stdout.write(`${flags.json === true ? JSON.stringify(metrics) : metricsTable(metrics)}\n`);
}

async function readData(
  { architecture, mode }: SequenceModel,
  flags: EvaluateFlags,
  signal: AbortSignal,
): Promise<ExampleSource> {
  if (!('output' in architecture)) {
    const withContext = architecture.context !== 'none';
    return (await readSequences(
      flags.data,
      { ...flags, withContext },
      { signal },
    )) as unknown as ExampleSource;
  }
  const numericY = architecture.output.kind === 'values';
  return readEvaluationExamples(flags.data, {
    ...flags,
    numericY,
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
