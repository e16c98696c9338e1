import { native } from '../lib/addon/native';
import { longest, pass } from './core-tests';

const [best, ...others] = native().system().isas as [string, ...string[]];

// What stands in for instructions that this processor may lack is compiled for every one.
test.each([
  ...native()
    .bfloat16Products()
    .slice(1)
    .map((products) => [best, products] as const),
  [others.at(-1) ?? best, 'plain_tiles'],
  [others.at(-1) ?? best, 'plain_dots'],
] as const)(
  'layers in bfloat16 pass with %s and %s',
  (isa, products) => pass(['layer/bfloat16'], isa, products),
  longest,
);
