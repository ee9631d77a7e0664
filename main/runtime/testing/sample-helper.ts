// The thread that the tests of helper-thread.ts bundle and start.
import { StudioError } from '../../../contract/errors'
import { serveHelp } from '../serve-help'

serveHelp({
  double: (values: Float32Array) => {
    const output = values.map((value) => 2 * value)
    return { output, transfer: [output.buffer] }
  },
  refuse: () => {
    throw new StudioError('INVALID_INPUT', 'No', { field: 'x' })
  },
  die: () => process.exit(3),
})
