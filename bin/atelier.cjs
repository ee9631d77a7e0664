#!/usr/bin/env node
// The command line's entry. The bundle is made at install; a checkout without it says how to get it.
const { existsSync } = require('node:fs')
const { join } = require('node:path')

const bundle = join(__dirname, '..', 'dist', 'cli', 'atelier.cjs')
if (!existsSync(bundle)) {
  console.error('Atelier is not built yet. Run "npm install" or "npm run build" in its folder, then try again.')
  process.exit(1)
}
require(bundle)
