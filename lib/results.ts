import type { TargetEncoder } from './data/target-encoder';

/** Reading what the network puts out: rows of O probabilities or values, one after the other. */

/** The label of each row: the most probable one, of equals the first. */
export function predictedLabels(output: Float32Array, { size, labels }: TargetEncoder): string[] {
  const names: string[] = [];
  for (let at = 0; at < output.length; at += size) {
    names.push(labels!.label(largest(output, at, size)));
  }
  return names;
}

/** The labels with these class ids. */
export function labelsOf(path: Int32Array, { labels }: TargetEncoder): string[] {
  return Array.from(path, (id) => labels!.label(id));
}

function largest(numbers: Float32Array, from: number, size: number): number {
  let best = 0;
  for (let index = 1; index < size; index += 1) {
    if (numbers[from + index]! > numbers[from + best]!) {
      best = index;
    }
  }
  return best;
}

/** The outputs of one row that are rather active than not: probability at least 0.5. */
export function activeOutputs(row: Float32Array): number[] {
  const active: number[] = [];
  row.forEach((probability, index) => {
    if (probability >= 0.5) {
      active.push(index);
    }
  });
  return active;
}

/** The rows as lists of their own. */
export function rowsOf(output: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: output.length / size }, (_, row) =>
    output.subarray(row * size, (row + 1) * size),
  );
}
