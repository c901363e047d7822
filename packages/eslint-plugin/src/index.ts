import { readFileSync } from 'node:fs';
import type { ESLint, Linter } from 'eslint';
import { makeConfig, type ConfigName } from './configs.ts';
import { rules } from './rules.ts';

/** The plugin, with configurations that are lists: spread them, or name them in `extends`. */
export interface MaplelockPlugin extends ESLint.Plugin {
  readonly meta: { readonly name: string; readonly version: string; readonly namespace: string };
  readonly configs: Record<ConfigName, Linter.Config[]>;
}

const manifest: { readonly name: string; readonly version: string } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

const plugin = {
  meta: { name: manifest.name, version: manifest.version, namespace: 'maplelock' },
  // The rules' context is typescript-eslint's, which ESLint's own types do not know.
  rules: rules as unknown as NonNullable<ESLint.Plugin['rules']>,
  configs: {},
};

Object.assign(plugin.configs, {
  recommended: makeConfig('recommended', plugin),
  strict: makeConfig('strict', plugin),
});

export default plugin as MaplelockPlugin;
