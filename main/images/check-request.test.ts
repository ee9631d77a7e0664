import { beforeAll, describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import type { GenerateRequest } from '../../contract/images'
import { checkRequest, type ImageInputs } from './check-request'
import { readSd3Folder, type Sd3Folder } from './folder'
import { anyAsset, settingsFor } from './testing/engine'
import { fixtureModel } from './testing/goldens'

let folder: Sd3Folder
let gated: Sd3Folder
beforeAll(async () => {
  folder = await readSd3Folder(fixtureModel('tiny-sd3'))
  gated = await readSd3Folder(fixtureModel('tiny-sd3-gates'))
})

function fault(
  model: Sd3Folder,
  change: Partial<GenerateRequest>,
  inputs: ImageInputs = {},
  raw: object = {},
): StudioError {
  try {
    checkRequest(model, { ...settingsFor(change), ...raw }, inputs)
  } catch (error) {
    if (error instanceof StudioError) return error
    throw error
  }
  throw new Error('The request was accepted')
}

const picture = (width: number, height: number) => ({ width, height, rgb: new Uint8Array(3 * width * height) })
const greyOf = (width: number, height: number) => ({ width, height, grey: new Uint8Array(width * height) })
const initImage = { assetId: anyAsset, strength: 0.5 }
const skipLayers = { layers: [1], scale: 2.8, start: 0.01, end: 0.2 }

describe('checkRequest', () => {
  it('lets an ordinary request pass', () => {
    expect(() => checkRequest(folder, settingsFor(), {})).not.toThrow()
    const inputs = { initImage: picture(64, 64), mask: greyOf(64, 64) }
    expect(() => checkRequest(folder, settingsFor({ initImage }), inputs)).not.toThrow()
    expect(() => checkRequest(gated, settingsFor({ skipLayers }), {})).not.toThrow()
  })

  it.each(['width', 'height'])('names the %s where it is no multiple of 16 or too large', (field) => {
    expect(fault(folder, {}, {}, { [field]: 100 })).toMatchObject({
      code: 'INVALID_INPUT',
      data: { field, remedy: 'Set it to 96.' },
    })
    expect(fault(folder, { [field]: 400 })).toMatchObject({ code: 'INVALID_INPUT', data: { field } })
  })

  it('refuses seeds that would run out', () => {
    expect(fault(folder, { seed: 2 ** 53 - 1, count: 2 }).data.field).toBe('seed')
  })

  it('refuses a start picture or a mask of another size, and one that is missing', () => {
    expect(fault(folder, { initImage }).data.field).toBe('initImage')
    expect(fault(folder, { initImage }, { initImage: picture(32, 64) }).data.field).toBe('initImage')
    const inputs = { initImage: picture(64, 64), mask: greyOf(64, 32) }
    expect(fault(folder, { initImage }, inputs).data.field).toBe('initImage.maskAssetId')
  })

  it('refuses a start picture where nothing can encode it', () => {
    const graphs = { transformer: folder.graphs.transformer! }
    expect(fault({ ...folder, graphs }, { initImage }, { initImage: picture(64, 64) }).message).toContain('VAE encoder')
  })

  it('refuses to skip layers without gates, or layers that are not there', () => {
    expect(fault(folder, { skipLayers }).data.field).toBe('skipLayers')
    expect(fault(gated, { skipLayers: { ...skipLayers, layers: [3] } })).toMatchObject({
      message: 'There is no block 3: they go from 0 to 2',
      data: { field: 'skipLayers.layers' },
    })
  })

  it('says what is wrong with a broken model', () => {
    const problems = [{ message: 'transformer/model.onnx is missing', remedy: 'Download it.' }]
    expect(fault({ ...folder, problems }, {})).toMatchObject({ code: 'MODEL_BROKEN', data: { remedy: 'Download it.' } })
  })
})
