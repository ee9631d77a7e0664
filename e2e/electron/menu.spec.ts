import type { MenuItem } from 'electron'
import { desktopCommands } from '../../contract/desktop'
import { expect, test } from './launch'

test('the menu offers every command, and choosing one reaches the page', async ({ desktop, page }) => {
  const offered = await desktop.evaluate(({ Menu }) => {
    const collect = (items: MenuItem[]): string[] =>
      items.flatMap((item) => [item.id, ...(!item.submenu ? [] : collect(item.submenu.items))])
    return collect(Menu.getApplicationMenu()?.items ?? [])
  })
  expect(offered).toEqual(expect.arrayContaining(desktopCommands.map(({ id }) => id)))

  await page.evaluate(() => {
    const heard: string[] = []
    Object.assign(window, { heard })
    window.atelier.host.onMenuCommand((command) => heard.push(command))
  })
  await desktop.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('app.details')?.click() as void)
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { heard: string[] }).heard))
    .toEqual(['app.details'])
})
