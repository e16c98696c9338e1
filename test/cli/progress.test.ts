import { ProgressDisplay } from '../../lib/cli/progress';
import { TrainingRates } from '../../lib/cli/training-rates';
import type { EpochEndProgress, ReadingProgress, StepProgress } from '../../lib/index';
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

test('nothing at all if quiet', () => {
  const { stream, text } = screen(true);
  const display = new ProgressDisplay({ quiet: true }, stream);
  display.show(event());
  display.show(epochEnd());
  expect(text()).toBe('');
});

test('the rates of whole epochs, or else of the batches so far', () => {
  const rates = new TrainingRates();
  expect([rates.trains, rates.result()]).toEqual([false, { examplesPerSecond: 0, stepsPerSecond: 0 }]);
  rates.hear(event({ stepsPerSecond: 70 }));
  expect([rates.trains, rates.result()]).toEqual([true, { examplesPerSecond: 10, stepsPerSecond: 70 }]);
  rates.hear(epochEnd({ stepsPerSecond: 100 }));
  rates.hear(epochEnd({ stepsPerSecond: 300 }));
  // As long in all as two equal epochs take at these rates.
  expect(rates.result()).toEqual({ examplesPerSecond: 10, stepsPerSecond: 150 });
});

describe('lines are never wider than the terminal', () => {
  const metrics = { loss: 0.6123, accuracy: 0.9134, macroF1: 0.8567, precision: 0.7, recall: 0.8, f1: 0.75 };
  const end = epochEnd({
    epoch: 12,
    secondsLeft: 4000,
    stepsPerSecond: 123_456,
    metrics,
    metric: 'f1',
    best: true,
  });

  test.each([40, 60, 80, 100, 200])('%i columns', (columns) => {
    const { stream, text } = screen(true, columns);
    const display = new ProgressDisplay({ quiet: false, epochs: 100 }, stream);
    display.show(event({ epoch: 12, stepsPerSecond: 123_456, secondsLeft: 4000 }));
    display.show(end);
    const shown = text()
      .replaceAll('\u001b[K', '\n')
      .split(/[\r\n]+/)
      .filter((line) => line !== '');
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThan(columns);
    expect(shown.at(-1)).toMatch(/^epoch 12\/100 .*f1 0\.7500 best/);
  });

  test('what is no terminal has 80', () => {
    const { stream, text } = screen(false);
    const display = new ProgressDisplay({ quiet: false, epochs: 100 }, stream);
    display.show({ ...end, metric: 'macroF1' });
    expect(text()).toBe('epoch 12/100  loss 0.5000  validation loss 0.6123  macro F1 0.8567 best\n');
  });

  test('an epoch is best only where there is something to choose by', () => {
    const { stream, text } = screen(false);
    const display = new ProgressDisplay({ quiet: false }, stream);
    display.show(epochEnd({ best: true }));
    display.show(epochEnd({ best: false, metrics: { loss: 1 }, metric: 'loss' }));
    expect(text()).not.toContain('best');
  });
});

describe('before the first batch', () => {
  const reading: ReadingProgress = {
    kind: 'reading',
    phase: 'encoding',
    data: 'training',
    epoch: 0,
    step: 30_000,
    steps: 60_000,
    examplesPerSecond: 1000,
    secondsLeft: 30,
  };

  test('a bar on a terminal, which is gone at its end', () => {
    const { stream, text } = screen(true);
    const display = new ProgressDisplay({ quiet: false }, stream);
    display.showPhase('reading train.jsonl', { step: 1, steps: 4, count: 12, unit: 'examples' });
    expect(text()).toMatch(/reading train\.jsonl \[======-+\] 25% {2}12 examples/);
    display.show(reading);
    expect(text()).toMatch(/encoding the data \[=+-+\] 50% {2}30,000 examples {2}30 s left/);
    display.end();
    expect(text().endsWith('\r\u001b[K')).toBe(true);
  });

  test('elsewhere a line of what takes longer than a second', () => {
    const now = jest.spyOn(performance, 'now');
    const { stream, text } = screen(false);
    const display = new ProgressDisplay({ quiet: false }, stream);
    const lineAt = (milliseconds: number): string => {
      now.mockReturnValue(milliseconds);
      display.show(reading);
      return text();
    };
    const line = 'encoding the data [============------------] 50%  30,000 examples  30 s left\n';
    expect(lineAt(0)).toBe('');
    expect(lineAt(900)).toBe('');
    expect(lineAt(1100)).toBe(line);
    expect(lineAt(9000)).toBe(line);
    expect(lineAt(11_200)).toBe(line + line);
    display.end();
    now.mockRestore();
  });

  test('a line though nothing comes', () => {
    jest.useFakeTimers();
    const { stream, text } = screen(false);
    const display = new ProgressDisplay({ quiet: false }, stream);
    display.showPhase('reading pipe.jsonl', { step: 0 });
    jest.advanceTimersByTime(2000);
    expect(text()).toBe('reading pipe.jsonl\n');
    display.end();
    jest.useRealTimers();
  });

  test('nothing if quiet', () => {
    const { stream, text } = screen(true);
    const display = new ProgressDisplay({ quiet: true }, stream);
    display.show(reading);
    display.showPhase('reading train.jsonl', { step: 1 });
    expect(text()).toBe('');
  });
});
