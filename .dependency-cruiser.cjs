// Who may import whom. The rooms and their order are described in docs/house.md.
const room = (name) => `^${name}/`

/** main's own rooms, the lowest first: each may import itself, the ones below it, and contract. */
const mainRooms = {
  tensor: [],
  runtime: ['tensor'],
  text: ['tensor', 'runtime'],
  images: ['tensor', 'runtime', 'text'],
  speculate: ['tensor', 'runtime', 'text'],
  chat: ['tensor', 'runtime', 'text'],
  inspect: ['tensor', 'runtime'],
  detect: ['tensor', 'runtime', 'text'],
  precision: ['tensor', 'runtime', 'text', 'images', 'chat', 'detect'],
  storage: [],
  models: ['storage', 'images', 'chat', 'detect', 'text', 'tensor'],
  jobs: ['storage'],
}

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'nothing-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'contract-imports-zod-and-orpc-only',
      severity: 'error',
      from: { path: room('contract'), pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^contract/', '^node_modules/(zod|@orpc/contract)/'] },
    },
    {
      name: 'renderer-imports-contract-only',
      severity: 'error',
      from: { path: room('renderer') },
      to: { path: ['^main/', '^electron/', '^training/', '^e2e/', '^scripts/'] },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: room('renderer'), pathNot: ['\\.test\\.tsx?$', 'vite\\.config\\.ts$', '^renderer/testing/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'features-do-not-import-each-other',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/([^/]+)/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'design-system-knows-no-feature',
      severity: 'error',
      from: { path: '^renderer/(ui|charts|client|platform)/' },
      to: { path: '^renderer/(features|app)/' },
    },
    {
      name: 'electron-imports-contract-and-hosts',
      severity: 'error',
      from: { path: room('electron') },
      to: { path: ['^main/', '^renderer/', '^training/', '^e2e/'], pathNot: '^main/hosts/' },
    },
    {
      name: 'only-electron-imports-electron',
      severity: 'error',
      from: { pathNot: ['^electron/', '^e2e/'] },
      to: { path: '^node_modules/electron/' },
    },
    {
      name: 'only-runtime-imports-onnxruntime',
      severity: 'error',
      from: { pathNot: '^main/runtime/' },
      to: { path: '^node_modules/onnxruntime-' },
    },
    {
      name: 'main-knows-no-window',
      severity: 'error',
      from: { path: room('main') },
      to: { path: ['^renderer/', '^electron/', '^e2e/'] },
    },
    {
      name: 'e2e-imports-contract-only',
      severity: 'error',
      from: { path: room('e2e') },
      to: { path: ['^main/', '^renderer/', '^electron/'] },
    },
    {
      name: 'only-hosts-import-hosts',
      severity: 'error',
      from: { path: '^main/', pathNot: '^main/hosts/' },
      to: { path: '^main/hosts/' },
    },
    {
      name: 'only-hosts-import-services',
      severity: 'error',
      from: { path: '^main/', pathNot: '^main/(hosts|services)/' },
      to: { path: '^main/services/' },
    },
    ...Object.entries(mainRooms).map(([name, below]) => ({
      name: `main-${name}-imports-downwards`,
      severity: 'error',
      from: { path: `^main/${name}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^main/', pathNot: [`^main/${name}/`, ...below.map((other) => `^main/${other}/`)] },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^training/', '^resources/', '^test-fixtures/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
