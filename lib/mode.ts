/** How input and output belong together: the modes a model file can hold. */
export const modes = ['many-to-one', 'many-to-many', 'one-to-many', 'encoder-decoder'] as const;

export type Mode = (typeof modes)[number];
