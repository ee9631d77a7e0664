// Everything that can be checked without running the studio: types, lint, import rules, formatting.
// `node scripts/check.mjs types` runs one of them.
import { spawnSync } from 'node:child_process'

const rooms = ['contract', 'main', 'electron', 'renderer', 'e2e']
const checks = {
  types: rooms.map((room) => ['tsc', '-p', room]),
  lint: [['eslint', '--max-warnings', '0', '.']],
  imports: [['depcruise', ...rooms, '--config', '.dependency-cruiser.cjs', '--output-type', 'err']],
  format: [['prettier', '--check', '--log-level', 'warn', '.']],
}

const wanted = process.argv[2]
if (wanted !== undefined && !(wanted in checks)) {
  console.error(`There is no check named "${wanted}". There are: ${Object.keys(checks).join(', ')}.`)
  process.exit(2)
}

let failed = 0
for (const [name, commands] of Object.entries(checks)) {
  if (wanted !== undefined && wanted !== name) continue
  const start = Date.now()
  const ok = commands.every(
    ([command, ...args]) => spawnSync('npx', ['--no-install', command, ...args], { stdio: 'inherit' }).status === 0,
  )
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`)
  if (!ok) failed += 1
}
process.exit(failed === 0 ? 0 : 1)
