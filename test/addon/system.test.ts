import { availableParallelism } from 'node:os';
import { system } from '../../lib/index';

test('system tells the instruction set in use, those that could be, and the processors', () => {
  expect(system.isas).toContain(system.isa);
  expect(system.isa).toBe(process.env['BPTT_ISA'] ?? system.isas[0]);
  expect(system.threads).toBeGreaterThanOrEqual(1);
  expect(system.threads).toBeLessThanOrEqual(availableParallelism());
});
