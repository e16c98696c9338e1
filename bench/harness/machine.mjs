import { loadavg } from 'node:os';
import * as measured from '../../dist/benchmark/machine.js';

export function describeMachine() {
  const machine = measured.describeMachine();
  return {
    ...machine,
    memory: `${(machine.memory / 2 ** 30).toFixed(0)} GiB`,
    load: loadavg()[0],
    date: new Date().toISOString().slice(0, 16),
  };
}

export function machineLines(machine) {
  return [
    `machine: ${machine.processor}, ${machine.processors} processors, ${machine.memory}, ${machine.system}`,
    `Node.js ${machine.node}, load ${machine.load.toFixed(2)} at the start, ${machine.date} UTC`,
  ];
}
