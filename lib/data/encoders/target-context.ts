/** What the encoders of right answers are told about one of them. */
export interface TargetContext {
  /** T of the input (Tx), which a target of one result a step must have too. */
  steps: number;
  /** Names the example in messages. */
  where: string;
  /**
   * A label that was not seen in training: an `error` (default), or `keep` it for evaluation, where it cannot be
   * predicted and counts as wrong: class −1 (the native core leaves it out of the loss), with the labels in `truth`.
   */
  unknown?: 'error' | 'keep';
  /** Further right answers, for evaluation. */
  alternatives?: readonly unknown[] | undefined;
}
