import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HelperThread } from './helper-thread'
import { bundleForTest } from './testing/bundle'

let entry: string
beforeAll(async () => {
  entry = await bundleForTest('main/runtime/testing/sample-helper.ts')
})

let helper: HelperThread
beforeEach(() => {
  helper = new HelperThread(entry)
})
afterEach(() => helper.close())

describe('the helper thread', () => {
  it('answers each question with its own result, and moves the buffers it is given', async () => {
    const [one, two] = [Float32Array.of(1, 2), Float32Array.of(3)]
    const answers = await Promise.all([
      helper.run<Float32Array, Float32Array>('double', one, [one.buffer]),
      helper.run<Float32Array, Float32Array>('double', two),
    ])
    expect(answers.map((answer) => [...answer])).toEqual([[2, 4], [6]])
    expect([one.length, two.length]).toEqual([0, 1])
  })

  it('hands on errors of the table', async () => {
    await expect(helper.run('refuse', null)).rejects.toMatchObject({ code: 'INVALID_INPUT', data: { field: 'x' } })
  })

  it('says so when the thread dies, and starts another for the next question', async () => {
    await expect(helper.run('die', null)).rejects.toMatchObject({ code: 'ENGINE_CRASHED' })
    expect([...(await helper.run<Float32Array, Float32Array>('double', Float32Array.of(4)))]).toEqual([8])
  })
})
