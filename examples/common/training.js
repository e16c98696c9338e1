'use strict';

const { short } = require('./data');
const { overwrite } = require('./terminal');

/**
 * Trains a model and tells how it goes: a line for each epoch, and on a terminal one that changes with each batch.
 *
 * @param {import('../..').SequenceModel} model
 * @param {import('../..').FitOptions} options
 * @param {(metrics: object) => string} describe - what to say of the measures of the validation part
 */
async function fit(model, train, options, describe) {
  const started = performance.now();
  let shown = 0;
  const history = await model.fit(train, {
    ...options,
    ...(short && { epochs: 1 }),
    onProgress({ kind, epoch, step, steps, loss, secondsLeft, metrics }) {
      const left = Number.isFinite(secondsLeft) ? `${Math.ceil(secondsLeft)} s left` : '';
      if (kind === 'epoch') {
        overwrite(
          `  epoch ${epoch}  loss ${loss.toFixed(3)}  ${metrics ? `${describe(metrics)}  ` : ''}${left}\n`,
        );
      } else if (process.stdout.isTTY && performance.now() - shown > 100) {
        shown = performance.now();
        const done =
          kind === 'reading' ? 'reading' : `epoch ${epoch}  batch ${step}/${steps}  loss ${loss.toFixed(3)}`;
        overwrite(`  ${done}  ${left}`);
      }
    },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const best = options.validation ? `; epoch ${history.bestEpoch} was the best on the validation part` : '';
  console.log(`  ${model.parameterCount.toLocaleString('en')} parameters, trained in ${seconds} s${best}.\n`);
  return history;
}

module.exports = { fit };
