import { Command } from 'commander'
import { studioVersion } from '../version'
import { addChat } from './chat'
import { addDetect } from './detect'
import { addDevices } from './devices'
import { addEvaluate } from './evaluate'
import { exitCodes } from './exit-codes'
import { addGenerate } from './generate'
import { addInspect } from './inspect'
import { addModels } from './models'
import { failureOf, printFailure } from './output'
import { addPrecision } from './precision'
import { addServe } from './serve'
import { addSpeculate } from './speculate'

const program = new Command('atelier')
  .description(
    'A studio for local AI: pictures from prompts, chats that read and draw, and text with speculative decoding, all on this machine.',
  )
  .version(studioVersion)
  .showHelpAfterError('(atelier --help shows what there is)')
  .exitOverride((error) => {
    // Help and version are no failures; everything else that commander refuses is a mistake in the arguments.
    process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.badInput)
  })

addGenerate(program)
addChat(program)
addSpeculate(program)
addPrecision(program)
addDetect(program)
addEvaluate(program)
addServe(program)
addInspect(program)
addModels(program)
addDevices(program)

// Whoever reads the output may have had enough (`| head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(exitCodes.ok)
})

program.parseAsync().catch((error: unknown) => {
  printFailure(failureOf(error), process.argv.includes('--json'))
  process.exitCode = exitCodes.failed
})
