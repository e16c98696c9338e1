'use strict';
// Saves two models in turn over one file until it is killed: node save-forever.js FOLDER. The models alone are in FOLDER/0 and
// FOLDER/1, the file both are saved over is FOLDER/model.
const { join } = require('node:path');
const { models } = require('./saved-models');

const [, , folder] = process.argv;

async function run() {
  const two = models();
  for (const [index, model] of two.entries()) await model.save(join(folder, String(index)));
  for (let round = 0; ; round += 1) {
    await two[round % 2].save(join(folder, 'model'));
    if (round === 0) console.log('saving');
  }
}

run();
