import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import { desktopCommands } from '../contract/desktop'
import { menuTemplate } from './menu-template'

const sent: string[] = []
const actions = { send: (id: string) => void sent.push(id), restartEngine: () => {}, showLogs: () => {} }

function items(template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? items(item.submenu) : [])])
}

test.each(['darwin', 'linux', 'win32'] as const)('on %s every command is in its menu, once', (platform) => {
  const template = menuTemplate(desktopCommands, platform, actions)
  for (const command of desktopCommands) {
    const menus = template.filter(
      ({ submenu }) => Array.isArray(submenu) && submenu.some(({ id }) => id === command.id),
    )
    expect(menus.map(({ label }) => label?.replace('&', ''))).toEqual([command.menu])
  }
})

test('keys are shown but left to the page', () => {
  const all = items(menuTemplate(desktopCommands, 'linux', actions))
  for (const command of desktopCommands) {
    const item = all.find(({ id }) => id === command.id)
    expect(item?.registerAccelerator).toBe(false)
    expect(item?.accelerator).toBe('accelerator' in command ? command.accelerator : undefined)
  }
})

test('choosing a command sends its id', () => {
  const all = items(menuTemplate(desktopCommands, 'linux', actions))
  const item = all.find(({ id }) => id === 'app.palette')
  item?.click?.({} as never, undefined, {})
  expect(sent).toEqual(['app.palette'])
})

test('no two commands have one key', () => {
  const keys = desktopCommands.flatMap((command) => ('accelerator' in command ? [command.accelerator] : []))
  expect(new Set(keys).size).toBe(keys.length)
})
