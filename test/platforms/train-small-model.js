// Trains, saves and loads a small model with the package in the folder given, and writes what came of it as JSON to the
// file given: a program of Windows under Wine has no standard output.
//
//   node test/platforms/train-small-model.js <folder of the package> <file for the result>
const { writeFileSync, rmSync } = require('node:fs');
const { join } = require('node:path');

const [folder, result] = process.argv.slice(2);

const reviews = [
  { x: 'a lovely film', y: 'good' },
  { x: 'lovely music and a good end', y: 'good' },
  { x: 'a dull film', y: 'bad' },
  { x: 'dull music and no end', y: 'bad' },
];

async function train() {
  const { ManyToOne, system } = require(folder);
  const model = new ManyToOne({
    cell: 'lstm',
    hidden: 16,
    bidirectional: true,
    input: { kind: 'tokens' },
    output: { kind: 'classes' },
  });
  const { epochs } = await model.fit(reviews, { epochs: 50, batchSize: 2 });
  const file = join(folder, 'small-model.safetensors');
  await model.save(file);
  const loaded = await ManyToOne.load(file);
  rmSync(file);
  const { accuracy } = await loaded.evaluate(reviews);
  const { label } = await loaded.predict('what a lovely day');
  return {
    isa: system.isa,
    isas: system.isas,
    losses: [epochs[0].loss, epochs.at(-1).loss],
    accuracy,
    label,
  };
}

train()
  .then(
    (trained) => trained,
    (error) => ({ error: error.stack ?? String(error) }),
  )
  .then((outcome) => {
    const { platform, arch, versions } = process;
    const runtime = versions.bun ? `Bun ${versions.bun}` : `Node.js ${versions.node}`;
    writeFileSync(result, JSON.stringify({ platform, arch, runtime, ...outcome }));
  });
