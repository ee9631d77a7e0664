import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Renderer tests ask for jsdom in their first line; everything else is plain Node.
    include: ['{contract,main,electron,renderer,scripts}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**'],
    testTimeout: 30_000,
    // Tests that open graphs use native threads of their own; one fork per core is enough.
    pool: 'forks',
    maxWorkers: 2,
  },
})
