export { BpttError } from './errors';
export type { ErrorCode } from './errors';
