import eslint from '@eslint/js';
import angular from 'angular-eslint';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import { join } from 'node:path';
import tseslint from 'typescript-eslint';
import { boundaries } from './scripts/boundaries.mjs';

// Attributes without words for people. (Whatever is not here, nor in the rule's own list, is to be translated.)
const WORDLESS = [
  ...['align', 'decoding', 'enterkeyhint', 'inputmode', 'rel', 'scope', 'shape-rendering', 'sizes'],
  ...['autocapitalize', 'autocomplete', 'autocorrect', 'data-field', 'describedBy', 'inputId'],
  ...[
    'aria-controls',
    'aria-current',
    'aria-describedby',
    'aria-haspopup',
    'aria-labelledby',
    'aria-live',
  ],
  ...['ariaCurrentWhenActive', 'matButton', 'parameter', 'queryParamsHandling', 'routerLink'],
];

export default defineConfig(
  globalIgnores(['dist/', '.angular/', 'coverage/', 'projects/shared/api/generated/']),
  {
    files: ['**/*.ts'],
    extends: [
      eslint.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      angular.configs.tsRecommended,
      prettier,
    ],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { azione: { rules: { boundaries } } },
    processor: angular.processInlineTemplates,
    rules: {
      // Angular components are classes with nothing but a decorator now and then.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Validators are passed by reference the way Angular's documentation does.
      '@typescript-eslint/unbound-method': ['error', { ignoreStatic: true }],
      // Angular Material's options are classes that are given as plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@angular-eslint/component-selector': [
        'error',
        { type: 'element', prefix: 'azione', style: 'kebab-case' },
      ],
      '@angular-eslint/directive-selector': [
        'error',
        { type: 'attribute', prefix: 'azione', style: 'camelCase' },
      ],
      'azione/boundaries': ['error', { projects: join(import.meta.dirname, 'projects') }],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@angular/common/http',
              message: 'Only shared/api speaks HTTP: use the generated client.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['projects/shared/api/**/*.ts', '**/*.spec.ts', '**/testing/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['**/*.html'],
    // Not a template: its title is the product's name until a route sets one.
    ignores: ['**/index.html'],
    extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility, prettier],
    rules: {
      '@angular-eslint/template/i18n': [
        'error',
        { checkId: true, checkText: true, checkAttributes: true, ignoreAttributes: WORDLESS },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [eslint.configs.recommended, prettier],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
);
