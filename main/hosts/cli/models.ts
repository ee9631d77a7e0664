import type { Command } from 'commander'
import pc from 'picocolors'
import type { Model } from '../../../contract/models'
import { openStudio } from '../studio'
import { exitCodeFor } from './exit-codes'
import { failureOf, printFailure, wantsColour } from './output'

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`
}

function row(model: Model, colours: ReturnType<typeof pc.createColors>): string {
  const state = model.state.kind === 'ready' ? '' : colours.red(`  ${model.state.message} ${model.state.remedy}`)
  return `${colours.bold(model.id.padEnd(24))} ${model.family.padEnd(10)} ${megabytes(model.bytes).padStart(8)}  ${model.name}${state}`
}

async function withModels(
  json: boolean,
  read: (studio: Awaited<ReturnType<typeof openStudio>>) => Promise<Model[]>,
): Promise<number> {
  const studio = await openStudio({ jobs: 'ephemeral' })
  try {
    const models = await read(studio)
    const colours = pc.createColors(wantsColour(process.stdout))
    if (json) process.stdout.write(`${JSON.stringify(models, null, 2)}\n`)
    else process.stdout.write(models.map((model) => `${row(model, colours)}\n`).join('') || 'No models yet.\n')
    return 0
  } catch (error) {
    const failure = failureOf(error)
    printFailure(failure, json)
    return exitCodeFor(failure.code)
  } finally {
    await studio.close()
  }
}

export function addModels(program: Command): void {
  const models = program.command('models').description('the models that the studio knows')
  models
    .command('list')
    .description('list them, with what is wrong where something is')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      process.exitCode = await withModels(options.json === true, (studio) => studio.client.models.list())
    })
  models
    .command('add')
    .description('use the models in a folder, where they are')
    .argument('<folder>')
    .option('--json', 'print JSON')
    .action(async (folder: string, options: { json?: boolean }) => {
      process.exitCode = await withModels(options.json === true, (studio) => studio.client.models.addFolder({ folder }))
    })
}
