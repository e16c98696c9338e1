// Runs an example by its name:
//
//     npm run example -- NAME [options of the example] [--short]
'use strict';

const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const file = (name) => join(__dirname, name, `${name}.js`);
const names = readdirSync(__dirname).filter((name) => existsSync(file(name)));

const [name] = process.argv.splice(2, 1);
if (names.includes(name)) {
  require(file(name));
} else {
  console.error(
    `${name === undefined ? 'Which example?' : `There is no example ${JSON.stringify(name)}.`} There are:\n`,
  );
  for (const one of names) console.error(`    npm run example -- ${one}`);
  console.error('\nexamples/README.md tells what they do.');
  process.exitCode = 2;
}
