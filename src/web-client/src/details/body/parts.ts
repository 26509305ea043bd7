/** Bytes of a body that are loaded at first, and with each further step. */
export const firstPart = 1_000_000;
export const nextPart = 4_000_000;
/** A body up to here can be loaded as a whole. */
export const mostLoaded = 16_000_000;
