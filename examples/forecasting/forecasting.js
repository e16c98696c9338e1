// The next 24 hours of an electricity transformer. Encoder-decoder, rows of values → rows of values.
//
//     npm run example -- forecasting [SEED]
'use strict';

const { plot } = require('simple-ascii-chart');

const { EncoderDecoder } = require('../..');
const { readText, short } = require('../common/data');
const { aligned, title } = require('../common/terminal');
const { fit } = require('../common/training');

/** Hours that are looked back at, and that are forecast. */
const lookback = 96;
const horizon = 24;
/** The division that papers on these data use: 12 months to learn from, 4 for validation, 4 for the test. */
const month = 30 * 24;
const parts = { train: [0, 12 * month], valid: [12 * month, 16 * month], test: [16 * month, 20 * month] };

async function main() {
  title('Forecasting: encoder-decoder, four days of seven variables → the next day');
  const [header, ...lines] = readText('etth1/ETTh1.csv.gz').trimEnd().split('\n');
  const names = header.split(',').slice(1);
  const rows = lines.map((line) => line.split(',').slice(1).map(Number));
  const scale = scaleOf(rows.slice(...parts.train));
  const series = rows.map((row) => row.map((value, column) => toScore(value, scale[column])));
  const [train, valid, test] = ['train', 'valid', 'test'].map((part) => windows(series, part));
  console.log(
    `${train.length} windows of ${lookback} + ${horizon} hours to learn from: ${names.join(', ')}.`,
  );

  const forecaster = new EncoderDecoder({
    cell: 'gru',
    hidden: 64,
    dropout: 0.2,
    attention: 'luong',
    // The decoder learns from what it said itself an hour before, as it will have to later.
    teacherForcing: 0,
    seed: Number(process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? 1),
    input: { kind: 'features' },
    // These are z-scores already.
    output: { kind: 'values', normalize: false },
  });
  await fit(
    forecaster,
    examplesOf(train),
    { epochs: 3, validation: examplesOf(valid), schedule: 'cosine' },
    ({ mse }) => `validation MSE ${mse.toFixed(3)}`,
  );

  const { mse, mae } = await forecaster.evaluate(examplesOf(test));
  const yesterday = test.map(({ x, y }) => y.map((_, hour) => x.at(hour - horizon)));
  const simple = squaredErrors(test, yesterday);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  console.log(
    `Test: MSE ${mse.toFixed(3)}, mean absolute error ${mae.toFixed(3)}, in standard deviations of the training part;`,
  );
  console.log(`      MSE ${mean(simple).toFixed(3)} if each hour were as it was the day before.\n`);

  const forecasts = (await forecaster.predictMany(test.map(({ x }) => x))).map(({ y }) => y);
  const errors = squaredErrors(test, forecasts);
  console.log('MSE of each variable:\n');
  console.log(
    aligned([
      ['', ...names],
      ['forecast', ...errors.map((error) => error.toFixed(3))],
      ['day before', ...simple.map((error) => error.toFixed(3))],
    ]),
  );

  const shown = Math.min(40 * 24, test.length - 1);
  const column = names.indexOf('HUFL');
  const { x, y, level, begin } = test[shown];
  const points = (values, first) =>
    values.map((row, hour) => [first + hour, toValue(row[column] + level[column], scale[column])]);
  const forecast = points(forecasts[shown], 0).map(([x, y]) => ({ x, y }));
  const date = lines[begin].slice(0, 10);
  console.log(`\n${names[column]}, hours from midnight of ${date} (line: what came, ●: forecast):`);
  console.log(
    plot(points([...x.slice(-48), ...y], -48), {
      width: 85,
      height: 15,
      customXAxisTicks: [-48, -36, -24, -12, 0, 12, 23],
      formatter: (value) => Number(value.toFixed(1)),
      points: forecast,
    }).replace(/ +$/gm, ''),
  );
}

/**
 * Windows of a part, one for each hour from which a day is forecast. Values are given as differences from the mean of the last day, so
 * that what is learned of a summer holds in a winter.
 */
function windows(series, part) {
  const [from, to] = parts[part];
  const found = [];
  for (let begin = Math.max(from, lookback); begin + horizon <= to; begin += short ? 96 : 1) {
    const day = series.slice(begin - 24, begin);
    const level = series[0].map((_, column) => day.reduce((sum, row) => sum + row[column], 0) / 24);
    const relative = (row) => row.map((value, column) => value - level[column]);
    found.push({
      x: series.slice(begin - lookback, begin).map(relative),
      y: series.slice(begin, begin + horizon).map(relative),
      level,
      begin,
    });
  }
  return found;
}

const examplesOf = (windows) => windows.map(({ x, y }) => ({ x, y }));

/** Mean and standard deviation of each variable. */
function scaleOf(rows) {
  return rows[0].map((_, column) => {
    const mean = rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
    const squares = rows.reduce((sum, row) => sum + (row[column] - mean) ** 2, 0);
    return { mean, deviation: Math.sqrt(squares / rows.length) };
  });
}

const toScore = (value, { mean, deviation }) => (value - mean) / deviation;
const toValue = (score, { mean, deviation }) => mean + score * deviation;

/** The mean squared error of each variable. */
function squaredErrors(examples, forecasts) {
  return examples[0].level.map((_, column) => {
    const squares = examples.flatMap(({ y }, index) =>
      y.map((row, hour) => (row[column] - forecasts[index][hour][column]) ** 2),
    );
    return squares.reduce((sum, square) => sum + square, 0) / squares.length;
  });
}

main();
