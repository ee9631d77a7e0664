import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The command as a script would call it, on tiny models. `npm run build` makes the bundle.

const isBuilt = existsSync('dist/cli/atelier.cjs')
let folder = ''
let env: NodeJS.ProcessEnv = {}
let pictures = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-precision-'))
  const models = join(folder, 'models')
  env = { ...process.env, ATELIER_DATA: join(folder, 'data'), ATELIER_MODELS: models }
  await cp(resolve('test-fixtures/detect/tiny-yolov8'), join(models, 'tiny-yolov8'), { recursive: true })
  for (const name of ['tiny-sd3', 'tiny-causal-lm']) {
    await cp(resolve('test-fixtures/models', name), join(models, name), { recursive: true })
  }
  pictures = join(folder, 'pictures')
  await mkdir(pictures)
  for (const [name, background] of [
    ['a.png', '#c04020'],
    ['b.png', '#2040c0'],
  ] as const) {
    const picture = sharp({ create: { width: 90, height: 60, channels: 3, background } })
    await picture.png().toFile(join(pictures, name))
  }
  await writeFile(join(folder, 'broken.json'), 'no labels')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function atelier(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/atelier.cjs', ...args], {
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const detector = (...args: string[]) => atelier('precision', 'tiny-yolov8', '--pictures', pictures, ...args)

interface Facts {
  readonly subject: { readonly kind: string; readonly threshold?: number }
  readonly columns: readonly {
    readonly label: string
    readonly failure: unknown
    readonly bytes: number
    readonly errors: { readonly sqnr: number | 'infinity'; readonly meanAveragePrecision: number | null }
    readonly output: { readonly pictures: readonly { readonly boxes: readonly { readonly label: string }[] }[] }
    readonly layers: readonly unknown[]
  }[]
  readonly search: { readonly met: boolean; readonly recipe: { readonly keep: readonly string[] } } | null
}

describe.skipIf(!isBuilt)('atelier precision', { timeout: 240_000 }, () => {
  it('compares a detector on a folder of pictures, searches a mix, and keeps it for atelier detect', async () => {
    const first = detector('--columns', 'fp32,bf16', '--runs', '1', '--json')
    expect(first.status).toBe(0)
    const facts = JSON.parse(first.stdout) as Facts
    expect(facts.columns.map(({ label, failure }) => [label, failure])).toEqual([
      ['FP32', null],
      ['BF16', null],
    ])
    const [reference, rounded] = facts.columns
    expect(reference!.errors).toMatchObject({ sqnr: 'infinity', meanAveragePrecision: null })
    const known = rounded!.errors.sqnr as number
    expect(known).toBeGreaterThan(15)
    expect(known).toBeLessThan(80)
    expect(rounded!.layers.length).toBeGreaterThan(0)

    const boxes = reference!.output.pictures.flatMap((picture) => picture.boxes)
    expect(boxes.length).toBeGreaterThan(0)
    const target = detector(
      ...['--columns', 'bf16', '--target', String(Math.ceil(known) + 5), '--save', 'mix', '--no-layers', '--runs', '1'],
      '--json',
    )
    expect(target.status).toBe(0)
    expect(target.stderr).toContain('as "mix" of tiny-yolov8.')
    const { search } = JSON.parse(target.stdout) as Facts
    expect(search!.recipe.keep.length).toBeGreaterThan(0)
    const looked = atelier('detect', '-m', 'tiny-yolov8', '--precision', 'mix', '--json', join(pictures, 'a.png'))
    expect(looked.status).toBe(0)
    expect(looked.stdout).toContain('"mix"')
  })

  it('measures average precision against labels, and refuses those of other pictures', async () => {
    const annotations = [{ id: 1, image_id: 1, category_id: 0, bbox: [10, 10, 30, 30], area: 900, iscrowd: 0 }]
    const truth = (file: string) => ({
      images: [{ id: 1, file_name: file, width: 90, height: 60 }],
      annotations,
      categories: [{ id: 0, name: 'cat' }],
    })
    await writeFile(join(folder, 'truth.json'), JSON.stringify(truth('b.png')))
    await writeFile(join(folder, 'others.json'), JSON.stringify(truth('c.png')))
    const labelled = detector('--columns', 'bf16', '--no-layers', '--runs', '1', '--truth', join(folder, 'truth.json'))
    expect(labelled.status).toBe(0)
    expect(labelled.stdout).toMatch(/precision .* mAP .* AP of fp32 boxes .* boxes\n/u)
    expect(labelled.stdout).toMatch(/BF16: Emulated: weights and the result of every operation are rounded/u)
    const refused = detector('--columns', 'bf16', '--truth', join(folder, 'others.json'))
    expect(refused.status).not.toBe(0)
    expect(refused.stderr).toContain('The labels are of none of these pictures')
    expect(detector('--columns', 'bf16', '--truth', join(folder, 'broken.json')).stderr).toContain('is not JSON')
    expect(detector('--columns', 'bf16', '--truth', join(folder, 'gone.json')).stderr).toContain('cannot be read')
  })

  it('prints a line a column as CSV, of a drawing', () => {
    const { status, stdout } = atelier(
      ...['precision', 'tiny-sd3', '--columns', 'fp32,int8', '--prompt', 'a boat', '--size', '64', '--steps', '2'],
      ...['--no-layers', '--csv'],
    )
    expect(status).toBe(0)
    const [head, reference, bytes, ...rest] = stdout.trim().split('\n')
    expect(rest).toEqual([])
    const fields = head!.split(',')
    const of = (line: string | undefined): Record<string, string> =>
      Object.fromEntries(fields.map((field, index) => [field, line!.split(',')[index]!]))
    expect(of(reference)).toMatchObject({ precision: 'FP32', arithmetic: 'native', unit: 'step', psnr_db: 'inf' })
    expect(of(bytes)).toMatchObject({ precision: 'INT8 dynamic', mean_ap: '', error: '' })
    expect(Number(of(bytes)['psnr_db'])).toBeGreaterThan(5)
    expect(Number(of(bytes)['bytes'])).toBeLessThan(Number(of(reference)['bytes']))
  })

  it('reads one text in every precision, and says how far the choice of words is', () => {
    const { status, stdout } = atelier(
      ...['precision', 'tiny-causal-lm', '--columns', 'int4', '--prompt', 'Once upon a time', '--raw'],
      ...['--max-tokens', '6', '--json'],
    )
    expect(status).toBe(0)
    const { columns } = JSON.parse(stdout) as {
      columns: { errors: Record<string, number>; output: { tokens: unknown[] } }[]
    }
    expect(columns[0]!.errors).toMatchObject({ divergence: 0, agreement: 1 })
    expect(columns[1]!.errors['divergence']).toBeGreaterThan(0)
    expect(columns[1]!.output.tokens).toHaveLength(columns[0]!.output.tokens.length)
  })

  it('says what is wrong with what was asked', () => {
    expect(atelier('precision', 'tiny-sd3', '--columns', 'int7')).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('There is no precision "int7"') as string,
    })
    expect(atelier('precision', 'nothing').stderr).toContain('There is no model "nothing"')
    expect(atelier('precision', 'tiny-yolov8', '--pictures', join(folder, 'nowhere.png')).status).not.toBe(0)
    const none = detector('--columns', 'int8', '--runs', '1')
    // A network of convolutions alone has no products for this precision; the others are measured all the same.
    expect(none.stdout).toContain('INT8 dynamic: No graph of the model has layers that this precision changes')
  })
})
