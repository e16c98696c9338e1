import type { ExampleSource } from '../data/example';
import { metricsOf, type Metrics } from '../metrics/metrics';
import type { ValueErrors } from '../metrics/values';
import { loadModel } from '../models/load-model';
import { evaluateWith, type SequenceModel } from '../models/sequence-model';
import { checkDataFlags } from './data-options';
import { checkNotOutput } from './distinct-files';
import type { EvaluateFlags } from './evaluate-options';
import { readEvaluationExamples, type ReadOptions } from './examples';
import { duration, metricName, shortNumber } from './format';
import { interruption } from './interruption';
import { readSequences } from './sequences';
import { asTrained } from './series-flags';
import { searchOptions } from './serving-options';
import { ServingProgress } from './serving-progress';
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
  const progress = new ServingProgress();
  let metrics: Metrics;
  try {
    const examples = await readData(model, flags, { signal, onReading: progress.showReading });
    const options = { batchSize, threads, signal, ...search };
    const unit = typeof examples === 'string' ? 'steps' : 'examples';
    metrics = await evaluateWith(model, examples, options, (phase, step, steps) => {
      const name = phase === 'encoding' ? 'encoding the data' : 'measuring';
      progress.show(name, { step, steps, ...(phase === 'measuring' && { unit }) });
    });
  } finally {
    progress.end();
  }
  process.stdout.write(`${flags.json === true ? JSON.stringify(metrics) : metricsTables(metrics)}\n`);
}

async function readData(
  model: SequenceModel,
  flags: EvaluateFlags,
  watch: Pick<ReadOptions, 'signal' | 'onReading'>,
): Promise<ExampleSource> {
  const { architecture, mode } = model;
  const forms = formsOf(model);
  if (!('output' in architecture)) {
    const withContext = architecture.context !== 'none';
    return (await readSequences(
      flags.data,
      { ...flags, withContext, forms },
      watch,
    )) as unknown as ExampleSource;
  }
  return readEvaluationExamples(flags.data, {
    ...flags,
    forms,
    target: mode === 'encoder-decoder' ? 'rows' : 'sequence',
    ...watch,
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

/** Outputs that a table shows. */
const outputsShown = 24;

/** Where there are several outputs, with a table of the errors of each, or of each column. */
function metricsTables(metrics: Metrics): string {
  const { perOutput = [] } = metrics;
  if (perOutput.length < 2) return metricsTable(metrics);
  const [first] = perOutput;
  const keys = metricsOf('values').filter((key): key is keyof ValueErrors => key in first!);
  const rows = perOutput
    .slice(0, outputsShown)
    .map((errors, place) => [
      errors.column ?? String(place),
      ...keys.map((key) => shortNumber(errors[key]!)),
    ]);
  const what = first!.column === undefined ? 'output' : 'column';
  const more = perOutput.length - rows.length;
  return [
    metricsTable(metrics),
    table(rows, [what, ...keys.map(metricName)], 1),
    ...(more > 0 ? [`and ${more} more: --json has them all`] : []),
  ].join('\n');
}
