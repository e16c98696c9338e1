/** Options with nothing left to default; of a union, each member by itself. */
export type Complete<T> = T extends unknown ? { [K in keyof T]-?: Exclude<T[K], undefined> } : never;

/** The same but for some keys, which the training data may have to give. */
export type CompleteBut<T, K extends PropertyKey> = T extends unknown
  ? Complete<Omit<T, K>> & Pick<T, K & keyof T>
  : never;
