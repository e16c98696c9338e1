import { predictionLine } from '../../lib/cli/prediction-line';

test('a prediction is a line of JSON', () => {
  expect(predictionLine({ label: 'a', probabilities: { a: 1 } })).toBe(
    '{"label":"a","probabilities":{"a":1}}\n',
  );
});

test('weights are written as a list for each step', () => {
  const prediction = {
    y: ['a', 'b'],
    score: -1,
    attention: Float32Array.of(0.5, 0.25, 0.25, 0, 1, 0),
    alternatives: [
      { y: ['c'], score: -2, attention: Float32Array.of(1, 0, 0) },
      { y: [], score: -3, attention: new Float32Array() },
    ],
  };
  expect(JSON.parse(predictionLine(prediction))).toEqual({
    y: ['a', 'b'],
    score: -1,
    attention: [
      [0.5, 0.25, 0.25],
      [0, 1, 0],
    ],
    alternatives: [
      { y: ['c'], score: -2, attention: [[1, 0, 0]] },
      { y: [], score: -3, attention: [] },
    ],
  });
  // Of an empty input, each step has no weights.
  expect(JSON.parse(predictionLine({ y: ['a'], attention: new Float32Array() }))).toEqual({
    y: ['a'],
    attention: [[]],
  });
});
