import { machineLines } from '../harness/machine.mjs';
import { formatTable } from '../harness/table.mjs';
import { loadLine, machineTables, reportTables, settingsLine } from './tables.mjs';

/** The report for a terminal. */
export function formatReport(report) {
  const tables = [...machineTables(report), ...reportTables(report).flatMap(({ tables }) => tables)];
  return [
    ...machineLines(report.machine),
    settingsLine(report),
    loadLine(report),
    ...tables.flatMap(({ title, about, header, rows, left, notes = [] }) => [
      '',
      title,
      ...(about ? [about] : []),
      formatTable(header, rows, left),
      ...notes,
    ]),
  ].join('\n');
}
