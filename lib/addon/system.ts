import type { SystemInfo } from '../../binding';
import { native } from './native';
import { nativeCall } from './native-call';

const read = (): SystemInfo => nativeCall(() => native().system());

/**
 * What bptt runs on here; the addon is loaded at the first look. Errors: `ERR_PLATFORM` where it cannot be, or where
 * `BPTT_ISA` names an instruction set that this machine or binary lacks.
 */
export const system: Readonly<SystemInfo> = {
  /** Instruction set in use: `avx512`, `avx2` or `sse4`; `neon` on arm64. */
  get isa() {
    return read().isa;
  },
  /** Instruction sets that could be used, best first. */
  get isas() {
    return [...read().isas];
  },
  /** Processors this process may use: the default number of threads. */
  get threads() {
    return read().threads;
  },
};
