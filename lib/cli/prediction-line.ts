/** A prediction as a line of JSON. Weights of an attention `[steps, T]` are written as a list for each step of y. */
import { isFloat32Array } from '../support/realms';
export function predictionLine(prediction: unknown): string {
  return `${JSON.stringify(prediction, (_key, value: unknown) => (hasWeights(value) ? withRows(value) : value))}\n`;
}

interface Weighted {
  y: unknown[];
  attention: Float32Array;
}

function hasWeights(value: unknown): value is Weighted {
  return (
    typeof value === 'object' && value !== null && 'attention' in value && isFloat32Array(value.attention)
  );
}

function withRows({ y, attention, ...rest }: Weighted): object {
  const width = y.length === 0 ? 0 : attention.length / y.length;
  const rows = y.map((_, step) => [...attention.subarray(step * width, (step + 1) * width)]);
  return { y, ...rest, attention: rows };
}
