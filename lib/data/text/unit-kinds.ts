/**
 * What each UTF-16 unit is to a scanner, as a small number: a scan reads a table, and the regular expressions that
 * know Unicode are asked once for each unit that is seen.
 */
export class UnitKinds {
  /** [65,536] 0 where nobody has asked yet. */
  private readonly known = new Uint8Array(1 << 16);

  /** @param tell the kind of a unit, at least 1; of a half of a surrogate pair too. */
  constructor(private readonly tell: (unit: string) => number) {}

  of(unit: number): number {
    return (this.known[unit] as number) || this.ask(unit);
  }

  private ask(unit: number): number {
    return (this.known[unit] = this.tell(String.fromCharCode(unit)));
  }
}
