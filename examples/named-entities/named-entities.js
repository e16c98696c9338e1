// Names of persons, places and organisations in Chinese sentences. Many-to-many with Tx = Ty, words and their characters → tags,
// the tags of a sentence chosen together by a conditional random field.
//
//     npm run example -- named-entities
'use strict';

const { ManyToMany } = require('../..');
const { readExamples } = require('../common/data');
const { coloured, percent, title } = require('../common/terminal');
const { fit } = require('../common/training');

async function main() {
  title('Named entities: many-to-many with a CRF, Chinese words → tags');
  const { train, valid, test } = readExamples('ner_chinese');
  console.log(`${train.length} sentences of the Chinese Wikipedia to learn from.`);
  const tagger = new ManyToMany({
    cell: 'lstm',
    hidden: 128,
    bidirectional: true,
    // A tag I-PER behind O is never predicted, and all tags of a sentence have one probability together.
    crf: true,
    dropout: 0.5,
    input: { kind: 'tokens', embedding: 100, characters: { embedding: 50, hidden: 50 } },
    output: { kind: 'classes' },
  });
  await fit(
    tagger,
    train,
    { epochs: 16, batchSize: 16, validation: valid, patience: 8, schedule: 'cosine' },
    ({ f1 }) => `validation F1 ${percent(f1)}`,
  );

  const { f1, precision, recall, perType } = await tagger.evaluate(test);
  const tagged = await tagger.predictMany(test.map(({ x }) => x));
  console.log(
    `Test: F1 ${percent(f1)}; ${percent(precision)} of what it marks are names, of the names it finds ${percent(recall)}.`,
  );
  console.log(
    `      F1 ${percent(scoreOfList(train, test))} if the names of the training part were looked up.`,
  );
  for (const [type, scores] of Object.entries(perType)) {
    console.log(`      ${type}: F1 ${percent(scores.f1)} of ${scores.support}`);
  }
  console.log(
    `      It finds ${percent(recallOfNew(train, test, tagged))} of the names it has never seen.\n`,
  );

  console.log('Test sentences; first what is right, then what it says where that differs:\n');
  const some = test.map((_, index) => index).filter((index) => namesOf(test[index]).length >= 2);
  for (const index of some.slice(0, 8)) {
    const right = marked(test[index].x, test[index].y);
    const said = marked(test[index].x, tagged[index].labels);
    console.log(`  ${coloured(right === said ? '✓' : '✗', right === said ? 'green' : 'red')} ${right}`);
    if (right !== said) console.log(`    ${said}`);
  }

  console.log('\nSentences of our own:\n');
  const sentences = [
    '张晓明 出生 于 上海 ， 后来 到 剑桥 大学 学习 。',
    '玛丽亚·冈萨雷斯 和 她 的 丈夫 在 布宜诺斯艾利斯 开 了 一 家 餐厅 。',
    '欧洲 太空 总署 与 日本 合作 研究 彗星 。',
    '昨天 下 了 一 天 雨 。',
  ].map((sentence) => sentence.split(' '));
  for (const [index, { labels }] of (await tagger.predictMany(sentences)).entries()) {
    console.log(`  ${marked(sentences[index], labels)}`);
  }
}

/** The names that IOB2 tags mark. */
function namesOf({ x, y }) {
  const names = [];
  y.forEach((tag, step) => {
    if (tag.startsWith('B-')) names.push({ type: tag.slice(2), start: step, end: step });
    if (tag !== 'O') names.at(-1).end = step + 1;
  });
  return names.map((name) => ({ ...name, text: x.slice(name.start, name.end).join('') }));
}

/** A sentence with its names in brackets. */
function marked(x, y) {
  let text = '';
  let at = 0;
  for (const { type, start, end, text: name } of namesOf({ x, y })) {
    text += `${x.slice(at, start).join('')}[${name} ${coloured(type, 'cyan')}]`;
    at = end;
  }
  return text + x.slice(at).join('');
}

/** F1 of a list of all names of the training part, each with its most frequent type; of several that fit the longest. */
function scoreOfList(train, test) {
  const types = new Map();
  for (const { text, type } of train.flatMap(namesOf)) {
    if (!types.has(text)) types.set(text, new Map());
    types.get(text).set(type, (types.get(text).get(type) ?? 0) + 1);
  }
  const top = (counts) => [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
  let right = 0;
  let found = 0;
  for (const example of test) {
    const there = new Set(namesOf(example).map(({ type, start, end }) => `${type} ${start} ${end}`));
    for (let start = 0; start < example.x.length; start += 1) {
      let end = Math.min(example.x.length, start + 10);
      while (end > start && !types.has(example.x.slice(start, end).join(''))) end -= 1;
      if (end === start) continue;
      found += 1;
      if (there.has(`${top(types.get(example.x.slice(start, end).join('')))} ${start} ${end}`)) right += 1;
      start = end - 1;
    }
  }
  return (2 * right) / (found + test.flatMap(namesOf).length);
}

/** The share found of the names that do not stand in the training part. */
function recallOfNew(train, test, tagged) {
  const known = new Set(train.flatMap(namesOf).map(({ text }) => text));
  let found = 0;
  let all = 0;
  test.forEach((example, index) => {
    const key = ({ type, start, end }) => `${type} ${start} ${end}`;
    const said = new Set(namesOf({ x: example.x, y: tagged[index].labels }).map(key));
    for (const name of namesOf(example)) {
      if (known.has(name.text)) continue;
      all += 1;
      if (said.has(key(name))) found += 1;
    }
  });
  return found / all;
}

main();
