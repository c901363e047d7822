export * from './contract/contract.ts';
export { CONTRACT } from './contract/maple-tree.ts';
