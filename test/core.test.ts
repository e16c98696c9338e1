import { native } from '../lib/addon/native';
import { longest, pass } from './core-tests';

const [best] = native().system().isas as [string, ...string[]];

test(`the tests of the core pass with ${best}`, () => pass([], best), longest);
