import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The commands as a script would call them, on tiny detectors. `npm run build` makes the bundle.

const isBuilt = existsSync('dist/cli/atelier.cjs')
let folder = ''
let pictures = ''
let env: NodeJS.ProcessEnv = {}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-detect-'))
  pictures = join(folder, 'pictures')
  env = {
    ...process.env,
    ATELIER_DATA: join(folder, 'data'),
    ATELIER_MODELS: join(process.cwd(), 'test-fixtures/detect'),
  }
  await mkdir(join(pictures, 'deep'), { recursive: true })
  const picture = sharp({ create: { width: 100, height: 60, channels: 3, background: '#406080' } })
  await picture.clone().png().toFile(join(pictures, 'one.png'))
  await picture
    .clone()
    .gif()
    .toFile(join(pictures, 'deep', 'two.gif'))
  await writeFile(join(pictures, 'broken.jpg'), 'no picture')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function atelier(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/atelier.cjs', ...args], {
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const detect = (...args: string[]) => atelier('detect', '-m', 'tiny-yolov8', ...args)

describe.skipIf(!isBuilt)('atelier detect', () => {
  it('looks at files and folders, names what failed, goes on with the rest, and says so to scripts', () => {
    const { status, stdout } = detect(pictures, join(pictures, 'gone.png'), '--score', '0.9', '--json')
    expect(status).toBe(1)
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; file?: string; boxes?: { score: number; class: string }[] })
    expect(lines.map(({ event, file }) => [event, file?.slice(pictures.length + 1)])).toEqual([
      ['error', 'broken.jpg'],
      ['picture', 'deep/two.gif'],
      ['picture', 'one.png'],
      ['error', 'gone.png'],
      ['done', undefined],
    ])
    const boxes = lines.flatMap((line) => line.boxes ?? [])
    expect(boxes.length).toBeGreaterThan(0)
    expect(boxes.every(({ score }) => score >= 0.9)).toBe(true)
    expect(['cat', 'dog', 'bird']).toContain(boxes[0]?.class)
  })

  it('shows a table to people', () => {
    const { status, stdout } = detect(join(pictures, 'one.png'))
    expect(status).toBe(0)
    expect(stdout).toMatch(/one\.png {2}100 × 60 {2}\d+ found {2}\d+ ms\n/)
    expect(stdout).toMatch(/^ {2}(?:cat|dog|bird) +0\.\d{3}(?: +\d+){4}$/m)
  })

  it('writes each format into a folder, and never over what is there', { timeout: 120_000 }, async () => {
    const out = (name: string) => join(folder, name)
    const good = [join(pictures, 'one.png'), join(pictures, 'deep')]
    for (const format of ['coco', 'yolo', 'voc']) {
      const { status, stderr } = detect(...good, '--format', format, '-o', out(format))
      expect([format, status, stderr]).toEqual([format, 0, expect.stringContaining('written to')])
    }
    expect((await readdir(out('yolo'))).sort()).toEqual(['classes.txt', 'one.txt', 'two.txt'])
    expect((await readdir(out('voc'))).sort()).toEqual(['one.xml', 'two.xml'])
    const coco = JSON.parse(await readFile(join(out('coco'), 'detections.coco.json'), 'utf8')) as { images: unknown[] }
    expect(coco.images).toHaveLength(2)
    const again = detect(...good, '--format', 'voc', '-o', out('voc'))
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('is there already')])
  })

  it('refuses arguments that make no sense, before it looks at anything', { timeout: 120_000 }, () => {
    const code = (...args: string[]) => detect(join(pictures, 'one.png'), ...args).status
    expect(code('--score', '3')).toBe(2)
    expect(code('--overlap', 'much')).toBe(2)
    expect(code('--format', 'pdf')).toBe(2)
    expect(code('--format', 'voc')).toBe(2)
    expect(code('--precision', 'int1')).toBe(2)
    expect(atelier('detect', '-m', 'none', 'x.png').status).toBe(3)
  })
})

describe.skipIf(!isBuilt)('atelier evaluate', () => {
  it('prints COCO’s twelve lines, and the same figures for programs', async () => {
    const truth = join(folder, 'truth.json')
    const labels = {
      images: [{ id: 1, file_name: 'one.png' }],
      categories: ['cat', 'dog', 'bird'].map((name, id) => ({ id: id + 1, name })),
      annotations: [{ id: 1, image_id: 1, category_id: 2, bbox: [0, 0, 100, 60] }],
    }
    await writeFile(truth, JSON.stringify(labels))
    const evaluate = (...args: string[]) =>
      atelier('evaluate', '-m', 'tiny-yolov8', '--truth', truth, '--images', pictures, ...args)
    const { status, stdout } = evaluate()
    expect(status).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(
      /^ Average Precision {2}\(AP\) @\[ IoU=0\.50:0\.95 \| area= {3}all \| maxDets=100 \] = [01]\.\d{3}$/,
    )
    expect(lines).toHaveLength(14)
    const figures = JSON.parse(evaluate('--json').stdout) as { averagePrecision: { all: number; small: number | null } }
    expect(lines[0]).toContain(figures.averagePrecision.all.toFixed(3))
    expect(figures.averagePrecision.small).toBeNull()
    await writeFile(truth, '{}')
    expect(evaluate().status).toBe(2)
  })
})
