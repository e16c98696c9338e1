import type * as benchCommand from './bench';
import type * as evaluateCommand from './evaluate';
import type * as generateCommand from './generate';
import type * as infoCommand from './info';
import type * as predictCommand from './predict';
import type * as trainCommand from './train';

/** The commands, loaded when they are called upon: help and wrong usage should not wait for the models. */

export const train: typeof trainCommand.train = (mode, flags) =>
  (module.require('./train') as typeof trainCommand).train(mode, flags);

export const evaluate: typeof evaluateCommand.evaluate = (path, flags) =>
  (module.require('./evaluate') as typeof evaluateCommand).evaluate(path, flags);

export const predict: typeof predictCommand.predict = (path, flags) =>
  (module.require('./predict') as typeof predictCommand).predict(path, flags);

export const generate: typeof generateCommand.generate = (path, flags) =>
  (module.require('./generate') as typeof generateCommand).generate(path, flags);

export const info: typeof infoCommand.info = (path, flags) =>
  (module.require('./info') as typeof infoCommand).info(path, flags);

export const bench: typeof benchCommand.bench = (flags) =>
  (module.require('./bench') as typeof benchCommand).bench(flags);
