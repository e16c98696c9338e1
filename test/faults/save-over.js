'use strict';
// Saves a small model in FOLDER/model and then a large one over it, from a folder in which that must fail, and prints how it did:
// node save-over.js FOLDER [read-only]. The small one alone is in FOLDER/../small.
const { chmodSync } = require('node:fs');
const { join } = require('node:path');
const { models } = require('./saved-models');

const [, , folder, readOnly] = process.argv;
const nobody = 65534;

async function run() {
  const [small] = models(8);
  const [large] = models();
  await small.save(join(folder, '..', 'small'));
  await small.save(join(folder, 'model'));
  if (readOnly !== undefined) {
    chmodSync(folder, 0o555);
    // The superuser may write anywhere.
    if (process.getuid() === 0) process.setuid(nobody);
  }
  const outcome = await large.save(join(folder, 'model')).then(
    () => ({ saved: true }),
    ({ name, code, message }) => ({ name, code, message }),
  );
  console.log(JSON.stringify(outcome));
}

run();
