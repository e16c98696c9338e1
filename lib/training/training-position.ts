import type { EpochRecord } from '../options/options';
import type { Plateau } from '../options/schedule';
import type { EpochSums } from './epoch-progress';

/** Where a training stands between two batches, besides the state of its trainer. */
export interface TrainingPosition {
  /** The one under way, or about to begin. From 1. */
  epoch: number;
  /** Of that epoch. */
  sums: EpochSums;
  /** The epochs before it, or what the record keeps of very many, with the first one that was better than a constant answer. */
  history: EpochRecord[];
  /** Of these; without validation data that with the least loss. */
  best?: { epoch: number; score: number };
  plateau: Plateau;
  /** That the training took so far. */
  seconds: number;
}
