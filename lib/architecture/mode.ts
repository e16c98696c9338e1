/** How input and output belong together: the modes a model file can hold. */
export const modes = ['many-to-one', 'many-to-many', 'one-to-many', 'encoder-decoder'] as const;

/** How steps of the input and of the output belong together. */
export type Mode = (typeof modes)[number];
