import { ProgressDisplay } from '../../lib/cli/progress';
import type { EpochEndProgress, StepProgress } from '../../lib/index';
import { screen } from './screen';

const standing = {
  epoch: 1,
  step: 1,
  steps: 4,
  loss: 0.5,
  learningRate: 0.002,
  gradientNorm: 1,
  examplesPerSecond: 10,
  stepsPerSecond: 100,
  secondsLeft: 30,
};

function event(more: Partial<StepProgress> = {}): StepProgress {
  return { kind: 'step', ...standing, ...more };
}

function epochEnd(more: Partial<EpochEndProgress> = {}): EpochEndProgress {
  return { kind: 'epoch', best: false, ...standing, ...more };
}

test('a bar on a terminal, with rate and time left', () => {
  const { stream, text } = screen(true);
  const display = new ProgressDisplay({ quiet: false, epochs: 3 }, stream);
  display.show(event());
  display.end();
  expect(text()).toMatch(/epoch 1\/3 \[.*\] 25% {2}loss 0\.5000 {2}100 steps\/s {2}30 s left/);
});

test('nothing more after its end', () => {
  const { stream, text } = screen(true);
  const display = new ProgressDisplay({ quiet: false }, stream);
  display.end();
  display.show(event());
  display.show(epochEnd());
  expect(text()).toBe('');
});

test('nothing but the line of an epoch elsewhere', () => {
  const { stream, text } = screen(false);
  const display = new ProgressDisplay({ quiet: false }, stream);
  display.show(event());
  expect(text()).toBe('');
  display.show(epochEnd({ secondsLeft: Infinity, metrics: { loss: 0.6, macroF1: 0.25 } }));
  expect(text()).toBe('epoch 1  loss 0.5000  validation loss 0.6000  macro F1 0.2500  100 steps/s\n');
});

test('nothing at all if quiet, but the rates are kept', () => {
  const { stream, text } = screen(true);
  const display = new ProgressDisplay({ quiet: true }, stream);
  expect(display.rates()).toEqual({ examplesPerSecond: 0, stepsPerSecond: 0 });
  display.show(event({ stepsPerSecond: 70 }));
  expect(display.rates()).toEqual({ examplesPerSecond: 10, stepsPerSecond: 70 });
  display.show(epochEnd({ stepsPerSecond: 100 }));
  display.show(epochEnd({ stepsPerSecond: 300 }));
  // As long in all as two equal epochs take at these rates.
  expect(display.rates()).toEqual({ examplesPerSecond: 10, stepsPerSecond: 150 });
  expect(text()).toBe('');
});
