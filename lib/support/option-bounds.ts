/** The largest number of anything the native core takes. */
export const maximumSize = 2 ** 31 - 1;

/** The longest vectors it takes: the units of a layer, an embedding. */
export const maximumUnits = 2 ** 20;

/** Of a stack. */
export const maximumLayers = 1024;

export const maximumThreads = 1024;

/** Hypotheses followed at the same time. */
export const maximumBeam = 1024;

/** Labels of a crf, which has a number for every two of them. */
export const maximumChainLabels = 2 ** 12;

/** Steps that a model writes where nobody says how many: those of its longest target in training, up to this. */
export const maximumUsualSteps = 2 ** 16;
