#!/usr/bin/env node
import { Command, CommanderError } from 'commander';

import { modes } from '../architecture/mode';
import { BpttError } from '../support/errors';
import { isError } from '../support/realms';
import { version } from '../support/version';
import { addBenchOptions } from './bench-options';
import { bench, evaluate, generate, info, predict, train } from './commands';
import { addEvaluateOptions } from './evaluate-options';
import { addGenerateOptions } from './generate-options';
import { endAtOnce, Interrupted } from './interruption';
import { addPredictOptions } from './predict-options';
import { addTrainOptions } from './train-options';

const program = new Command('bptt')
  .description('Recurrent neural networks: train them, measure them, use them.')
  .version(version(), '-V, --version', 'the version of bptt')
  .helpOption('-h, --help', 'this text, or that of a command')
  .helpCommand('help [command]', 'the same')
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => {
      write(text.replace(/^error: /, 'bptt: '));
    },
  })
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .addHelpText(
    'after',
    `
Examples:
  bptt train many-to-many --data train.jsonl --valid valid.jsonl --out tagger.safetensors
  bptt evaluate tagger.safetensors --data test.jsonl
  echo '["fly","to","Rome"]' | bptt predict tagger.safetensors
  bptt train one-to-many --data poems.txt --out poet.safetensors
  bptt generate poet.safetensors --prompt "Rose, " --temperature 0.7

Exit codes: 0 done, 1 failed, 2 wrong usage; 130, 143, 129 interrupted by SIGINT (Ctrl-C), SIGTERM, SIGHUP (a training
saves the best so far).`,
  );

const trainCommand = program
  .command('train')
  .description('Train a model and save it.')
  .addArgument(
    program
      .createArgument(
        '<mode>',
        'one answer for a sequence, one for each of its steps, a sequence with steps of its own, or sequences to write',
      )
      .choices(modes),
  )
  .addHelpText(
    'after',
    `
One example a line of .jsonl:
  many-to-one      {"x":"what a film","y":"positive"}    {"x":[[0.1],[0.2]],"y":[3.5]}
  many-to-many     {"x":["fly","to","Rome"],"y":["O","O","B-city"]}
  encoder-decoder  {"x":["t","h"],"y":["θ"]}    {"x":[[0.1],[0.2]],"y":[[0.3]]}
  one-to-many      {"y":"emma"}    {"x":"jazz","y":[[39,43],[39,46]]}    or a long text as .txt

Progress goes to standard error, results to standard output. With --json their last line is an object with the keys of
"bptt evaluate --json", of the validation data (without them: loss, examples, steps and seconds of the training), and
"training", which tells how the training went. Ctrl-C, SIGTERM and SIGHUP end the training and save the best so far.`,
  )
  .action(train);
addTrainOptions(trainCommand);

addEvaluateOptions(
  program
    .command('evaluate')
    .description('Measure a model on data with right answers.')
    .argument('<model>', 'the file of the model')
    .action(evaluate),
);

addPredictOptions(
  program
    .command('predict')
    .description('Write a line of JSON with the prediction for each input, in their order.')
    .argument('<model>', 'the file of the model')
    .action(predict),
);

addGenerateOptions(
  program
    .command('generate')
    .description('Write sequences with a one-to-many model: symbols as text, others as lines of JSON.')
    .argument('<model>', 'the file of the model')
    .action(generate),
);

program
  .command('info')
  .description('Verify a model file, and show its architecture, sizes, parameters and training record.')
  .argument('<model>', 'the file of the model')
  .option('--json', 'one line of JSON')
  .action(info);

addBenchOptions(
  program
    .command('bench')
    .description('Measure this machine and how fast layers are on it: about a minute and a half.')
    .addHelpText(
      'after',
      `
First what the machine can do at best: multiply-adds in registers, and reading arrays that lie in its caches or in memory.
Then training steps and inferences of bare layers: median, how far the medians of the turns lie apart, floating-point
operations a second and their share of the peak. At last single steps of a stream. BPTT_ISA chooses the instruction set.`,
    )
    .action(bench),
);

/** The exit code for what ended a command, after saying what it was. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? 0 : 2;
  }
  if (error instanceof Interrupted) {
    // A read that nothing answers must not hold up the end.
    setTimeout(endAtOnce, 500, error).unref();
    return error.exitCode;
  }
  if (error instanceof BpttError) {
    process.stderr.write(`bptt: ${error.message}\n`);
    // All options there are come from the command line.
    return error.code === 'ERR_OPTION' ? 2 : 1;
  }
  process.stderr.write(`bptt: ${isError(error) ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}

// A reader that has seen enough, such as `head`, is no failure; a training goes on without anyone to show progress to.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Nor is a terminal that is gone, which a training is told by SIGHUP.
  if (error.code !== 'EPIPE' && process.exitCode === undefined) {
    process.stderr.write(`bptt: Could not write to standard output: ${error.message}.\n`);
    process.exit(1);
  }
  process.exit(process.exitCode ?? 0);
});
process.stderr.on('error', () => undefined);

program.parseAsync().catch((error: unknown) => {
  process.exitCode = report(error);
});
