import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

import { isSystemError } from '../support/io-error';

/** What tells a process from all others, also from those that had its number before. */
export interface ProcessMark {
  /** Within which numbers of processes have a meaning: a machine since its start, or a container on it. */
  readonly realm: string;
  readonly pid: number;
  /** When it began, in ticks since the machine's start; 0 where the system does not tell. */
  readonly begun: string;
}

const unknownTime = '0';

/** Where numbers of processes are looked up must be the same place as that which gave this process its own. */
const listsProcesses = process.platform === 'linux' && link('/proc/self') === String(process.pid);

let own: ProcessMark | undefined;

/** Of this process, the same in all its threads. */
export function ownMark(): ProcessMark {
  own ??= { realm: realm(), pid: process.pid, begun: stateOf(process.pid)?.begun ?? unknownTime };
  return own;
}

/** Whether a process lives; undefined where nobody can tell from here. */
export function lives({ realm, pid, begun }: ProcessMark): boolean | undefined {
  if (realm !== ownMark().realm) return undefined;
  if (!exists(pid)) return false;
  const state = stateOf(pid);
  if (state === undefined || begun === unknownTime) return true;
  return state.begun === begun && !state.ended;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One that belongs to somebody else may not be asked, but is there.
    return !isSystemError(error, 'ESRCH');
  }
}

/** Host names are no help among containers: they share them, and change them at each start. */
function realm(): string {
  const parts =
    process.platform === 'linux'
      ? [text('/proc/sys/kernel/random/boot_id'), link('/proc/self/ns/pid')]
      : [process.platform, hostname()];
  // Where the system does not tell, nobody else is in the same one.
  const name = parts.includes(undefined) ? String(Math.random()) : parts.join('\n');
  return createHash('sha256').update(name).digest('hex').slice(0, 12);
}

/** When a process began, and whether it has ended without its parent having looked. */
function stateOf(pid: number): { begun: string; ended: boolean } | undefined {
  const line = listsProcesses ? text(`/proc/${pid}/stat`) : undefined;
  // The name in brackets may hold anything.
  const [state, ...fields] = line?.slice(line.lastIndexOf(')') + 2).split(' ') ?? [];
  const begun = fields[18];
  return begun === undefined ? undefined : { begun, ended: state === 'Z' || state === 'X' };
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
