import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export function describeMachine() {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    processors: availableParallelism(),
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    system: `${process.platform}-${process.arch}`,
    node: process.versions.node,
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
