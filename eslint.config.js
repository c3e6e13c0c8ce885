import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

// Who may import whom: arrows point inwards, and nobody imports an app.
const mayImport = {
  'libs/core': [],
  'libs/runtime': ['core'],
  'libs/pipeline': ['core'],
  'libs/directory': ['core', 'pipeline'],
  'libs/messaging': ['core', 'pipeline'],
  'libs/db': ['core', 'pipeline', 'messaging'],
  'libs/queue': ['core', 'pipeline', 'messaging'],
  'libs/adapters': ['core', 'pipeline', 'messaging'],
  'libs/client': [],
  'libs/testing': ['core', 'runtime', 'pipeline', 'directory', 'messaging', 'db', 'queue', 'adapters'],
  'apps/api': ['core', 'runtime', 'pipeline', 'directory', 'messaging', 'db', 'queue', 'adapters'],
  'apps/worker': ['core', 'runtime', 'pipeline', 'directory', 'messaging', 'db', 'queue', 'adapters'],
  'apps/scheduler': ['core', 'runtime', 'pipeline', 'directory', 'messaging', 'db', 'queue', 'adapters'],
  'apps/cli': ['core', 'runtime', 'pipeline', 'directory', 'db', 'queue', 'adapters'],
};
const libs = 'core runtime pipeline directory messaging db queue adapters client testing'.split(' ');

// A third-party package is imported in one place only, so that replacing it changes one place.
const home = {
  'class-validator': 'libs/core',
  'class-transformer': 'libs/core',
  'reflect-metadata': 'libs/core',
  luxon: 'libs/core',
  typeorm: 'libs/db',
  pg: 'libs/db',
  'pg-copy-streams': 'libs/db',
  bullmq: 'libs/queue',
  ioredis: 'libs/queue',
  'libphonenumber-js': 'libs/directory',
  'fast-csv': 'libs/directory',
  '@aws-sdk/client-s3': 'libs/adapters',
  got: 'libs/adapters',
  'ipaddr.js': 'libs/adapters',
  'ssh2-sftp-client': 'libs/adapters',
  pino: 'libs/runtime',
  'prom-client': 'libs/runtime',
  express: 'apps/api',
  helmet: 'apps/api',
  yazl: 'apps/api',
  jose: 'apps/api',
  '@bull-board/api': 'apps/api',
  '@bull-board/express': 'apps/api',
  'rate-limiter-flexible': 'apps/api',
  'swagger-ui-dist': 'apps/api',
  'openapi-fetch': 'libs/client',
};

const walls = Object.entries(mayImport).map(([here, friends]) => {
  const closed = libs.filter((lib) => !friends.includes(lib) && !here.endsWith(`/${lib}`));
  const packages = Object.keys(home).filter((name) => home[name] !== here);
  const patterns = [
    closed.length > 0 && {
      regex: `^@muster/(${closed.join('|')})/`,
      message: `${here} may import only: ${friends.join(', ') || 'nothing of ours'}. Arrows point inwards.`,
    },
    {
      regex: `^(${packages.join('|')})(/|$)`,
      message: 'This package has one home (eslint.config.js); use what that library of ours offers.',
    },
    { regex: '^\\.\\..*/src/', message: 'Import a workspace by its name, @muster/…, not by a path.' },
  ].filter(Boolean);
  return {
    files: [`${here}/**/*.ts`],
    ignores: ['**/*.test.ts', 'libs/testing/**'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
});

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.demo/**',
      '.cache/**',
      'coverage/**',
      '**/generated/**',
      '**/*.js',
      '**/*.mjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3], // more: one object
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only: grep and the tree agree.' },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-extraneous-class': 'off', // DTOs
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // DTOs are shapes that carry a schema
      '@typescript-eslint/no-unnecessary-type-parameters': 'off', // rows of a query are typed by their reader
      '@typescript-eslint/unbound-method': 'off', // our ports are records of functions: none of them uses `this`
      '@typescript-eslint/require-await': 'off', // fakes of asynchronous ports
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  ...walls,
  {
    files: ['**/*.test.ts', 'libs/testing/src/contracts/**'],
    ...jest.configs['flat/recommended'],
    rules: {
      ...jest.configs['flat/recommended'].rules,
      'max-lines-per-function': 'off',
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect*', '*.expect*', 'fc.assert'] }],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['libs/testing/src/contracts/**'], rules: { 'jest/no-export': 'off' } }, // suites are handed to test files
  { files: ['apps/api/src/**/*[eE]rrorHandler.ts'], rules: { 'max-params': 'off' } }, // Express tells it by its four
  { files: ['jest.config.ts', 'tools/jest/*.ts'], rules: { 'no-restricted-syntax': 'off' } }, // Jest wants a default
);
