import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import maplelock from './packages/eslint-plugin/dist/index.js';

const OWN_RULES_OFF = Object.fromEntries(
  Object.keys(maplelock.rules).map((id) => [`maplelock/${id}`, 'off']),
);

export default defineConfig([
  // The fixtures are wrong on purpose.
  globalIgnores([
    '**/dist',
    '**/coverage',
    'fixtures/typescript',
    'fixtures/c',
    'fixtures/contracts',
    'fixtures/apps/*/wrong-*.ts',
  ]),
  tseslint.configs.strict,
  tseslint.configs.stylistic,
  maplelock.configs.strict,
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/no-unused-expressions': ['error', { allowTernary: true, allowShortCircuit: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Typed arrays are indexed within bounds that were checked.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // isolatedDeclarations asks for these annotations.
      '@typescript-eslint/consistent-generic-constructors': 'off',
      '@typescript-eslint/no-inferrable-types': 'off',
    },
  },
  {
    // Tests break the discipline on purpose.
    files: ['**/test/**'],
    rules: { ...OWN_RULES_OFF, '@typescript-eslint/no-empty-function': 'off' },
  },
  {
    files: ['**/bench/**', '**/scripts/**'],
    rules: { ...OWN_RULES_OFF, 'no-console': 'off', '@typescript-eslint/prefer-for-of': 'off' },
  },
]);
