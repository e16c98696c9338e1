/**
 * Orders strings by their code points, for `sort`. JavaScript's own `<` compares UTF-16 units, which puts
 * U+10000 and above before U+E000…U+FFFF; orders that are stored in models should not depend on an encoding.
 */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const unitA = a.charCodeAt(i);
    const unitB = b.charCodeAt(i);
    if (unitA !== unitB) return rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

/** Surrogates, half of a code point above U+FFFF, come after all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
