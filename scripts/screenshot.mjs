// Makes the picture in the README: a studio of its own draws a few prompts, and the Image panel is photographed while it draws one more.
//   node scripts/screenshot.mjs [chromium]
import { chromium } from '@playwright/test'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const executablePath = process.argv[2] ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined)
const prompts = [
  'a red apple, fluent 3d',
  'noto emoji of a cat on a blue background',
  'a rocket, flat',
  'a green frog, fluent 3d',
  'a slice of pizza, fluent 3d',
]
const data = mkdtempSync(join(tmpdir(), 'atelier-screenshot-'))
const server = spawn(process.execPath, ['bin/atelier.cjs', 'serve', '--port', '0', '--json'], {
  env: { ...process.env, ATELIER_DATA: data },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const url = await new Promise((resolve) =>
  createInterface({ input: server.stdout }).once('line', (line) => resolve(JSON.parse(line).url)),
)
const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath })
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' })
  await page.goto(url)
  await page.getByText('SD3 Emoji').first().waitFor()
  const prompt = page.getByRole('textbox', { name: 'Prompt', exact: true })
  const pictures = page.getByRole('grid', { name: 'Pictures' }).getByRole('button', { name: /^Image \d+ of \d+/ })
  for (const [index, text] of prompts.entries()) {
    const isLast = index === prompts.length - 1
    await prompt.fill(text)
    await prompt.press('Control+Enter')
    if (isLast) await page.getByRole('img', { name: /^Step (1[2-9]|2[0-4]) of \d+$/ }).waitFor({ timeout: 60_000 })
    else await pictures.nth(index).waitFor({ timeout: 60_000 })
  }
  mkdirSync('docs/images', { recursive: true })
  await page.screenshot({ path: 'docs/images/image-panel.png' })
} finally {
  await browser.close()
  server.kill('SIGTERM')
  await new Promise((resolve) => server.once('exit', resolve))
  rmSync(data, { recursive: true, force: true })
}
