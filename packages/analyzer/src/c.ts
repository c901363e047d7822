/** The front end for C, apart because it loads a grammar. */
export { loadCFrontend } from './frontends/c/load.ts';
export type { CFrontend } from './frontends/frontend.ts';
