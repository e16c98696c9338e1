import { readdirSync, readFileSync } from 'node:fs';

import { ManyToOne, type FitOptions } from '../../lib/index';
import { firstWord } from '../tasks';

/** How far the threads of this process stand back, each by its nice value. */
function niceValues(): number[] {
  return readdirSync('/proc/self/task').flatMap((id) => {
    let stat;
    try {
      stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    } catch {
      // It has ended since.
      return [];
    }
    const [, fields = ''] = stat.split(') ');
    return [Number(fields.split(' ')[16])];
  });
}

async function lowest(options: FitOptions): Promise<number> {
  let nice = -20;
  using model = new ManyToOne({
    cell: 'gru',
    hidden: 4,
    input: { kind: 'tokens', embedding: 2 },
    output: { kind: 'classes' },
  });
  await model.fit(firstWord(20, 1), {
    ...options,
    epochs: 1,
    threads: 2,
    onProgress: ({ kind }) => {
      if (kind === 'step') nice = Math.max(nice, ...niceValues());
    },
  });
  return nice;
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('the threads of a training give way to others, unless they are not to', async () => {
  const usual = Math.max(...niceValues());
  expect(await lowest({ priority: 'normal' })).toBe(usual);
  expect(await lowest({})).toBe(Math.max(usual, 10));
  expect(await lowest({ priority: 'background' })).toBe(Math.max(usual, 10));
});
