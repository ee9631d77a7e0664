import { defineConfig } from '@playwright/test'
import { existsSync } from 'node:fs'

// Debian's chromium where Playwright's own browser is not there; `npm test` sets the variable.
const chromium = process.env['ATELIER_CHROMIUM'] ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined)
const viewport = { width: 1440, height: 900 }

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // Every spec starts a studio of its own that uses every core for drawing.
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  use: { viewport, actionTimeout: 15_000, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    {
      name: 'web',
      testIgnore: 'electron/**',
      use: {
        viewport,
        launchOptions: {
          ...(chromium === undefined ? {} : { executablePath: chromium }),
          args: ['--disable-background-networking', '--disable-quic', '--no-first-run'],
        },
      },
    },
    { name: 'electron', testDir: 'e2e/electron' },
  ],
})
