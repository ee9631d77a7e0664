// How soon the core answers, and what it takes while nothing is to do.
import { spawnSync } from 'node:child_process'
import { startCore } from './core.mjs'
import { median, ms, row } from './table.mjs'

const starts = 3

export async function benchStartUp({ data }) {
  const times = []
  let idle = 0
  for (let round = 0; round < starts; round += 1) {
    const start = performance.now()
    const core = await startCore(data)
    await (await fetch(core.url, { redirect: 'manual' })).text()
    times.push(performance.now() - start)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const status = spawnSync('ps', ['-o', 'rss=', '-p', String(core.pid)], { encoding: 'utf8' })
    idle = Number(status.stdout.trim()) / 1024
    await core.close()
  }
  console.log('\nStart-up')
  row('web host answers after', ms(median(times)), 'aim 500 ms')
  row('idle memory of the core', `${idle.toFixed(0)} MB`, 'aim 250 MB')
}
