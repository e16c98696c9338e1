'use strict';
const { ManyToOne, Vocabulary } = require('../../dist');

/** Models with sizes of their own, of 2 MB unless told otherwise: it takes a while to write them. */
exports.models = (hidden = 256) =>
  [1, 2].map(
    (seed) =>
      new ManyToOne({
        cell: 'lstm',
        hidden,
        input: { kind: 'tokens', embedding: hidden, vocabulary: Vocabulary.of(['ant', 'bee']) },
        output: { kind: 'classes', labels: ['yes', 'no'] },
        seed,
      }),
  );
