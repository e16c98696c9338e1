import { native } from '../lib/addon/native';
import { longest, pass } from './core-tests';

// Tests of kernels go through all sets that can be used here by themselves; what stands above the layer calls them no otherwise with another
// one. Where there is one set alone, core.test.ts has all.
const [best, ...others] = native().system().isas as [string, ...string[]];

test.each(others.length > 0 ? others : [best])(
  'those of layers pass with %s',
  (isa) => pass(['layer/'], isa),
  longest,
);
