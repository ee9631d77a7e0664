import type { Command } from 'commander'
import { openStudio } from '../studio'

export function addDevices(program: Command): void {
  program
    .command('devices')
    .description('what this machine can run models on')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const studio = await openStudio({ jobs: 'ephemeral' })
      try {
        const status = await studio.client.devices.status()
        if (options.json === true) {
          process.stdout.write(`${JSON.stringify(status, null, 2)}\n`)
          return
        }
        for (const device of status.devices) {
          const mark = device.provider === status.active ? '*' : ' '
          const state = device.available ? 'works' : (device.reason ?? 'does not work')
          process.stdout.write(
            `${mark} ${device.provider.padEnd(8)} ${device.name.padEnd(28)} ${state}${device.remedy === undefined ? '' : ` ${device.remedy}`}\n`,
          )
        }
        if (status.fallbackReason !== undefined) process.stdout.write(`${status.fallbackReason}\n`)
      } finally {
        await studio.close()
      }
    })
}
