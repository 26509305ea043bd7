/** How a saved filter is written in another one. */
export const viewTerm = (name: string): string => (/^[\w.-]+$/.test(name) ? `view:${name}` : `view:"${name}"`);
