export * from './contract/contract.ts';
