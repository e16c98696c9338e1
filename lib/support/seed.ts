/** The seed `distance` further on, among 0…2^53 − 1; behind the last one comes 0. */
export function seedAfter(seed: number, distance: number): number {
  // A sum beyond 2^53 would be rounded.
  const left = Number.MAX_SAFE_INTEGER - seed;
  return distance <= left ? seed + distance : distance - left - 1;
}
