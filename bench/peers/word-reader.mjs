/** The options of the model that words are tagged or sentences classified with, wherever it is measured. */
export const wordReader = ({ embedding = 100, hidden = 100 } = {}) => ({
  cell: 'lstm',
  hidden,
  bidirectional: true,
  dropout: 0.3,
  input: { kind: 'tokens', embedding },
  output: { kind: 'classes' },
});
