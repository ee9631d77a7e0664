import { useEffect } from 'react'
import { createKeybindingsHandler } from 'tinykeys'
import type { Studio } from '../studio/studio'
import type { Command } from './commands'
import type { AppStore } from './app-store'
import { panels } from './panels'
import { createStopKey } from './stop-key'

type Bindings = Record<string, (event: KeyboardEvent) => void>

function listen(bindings: Bindings, isFirst: boolean): () => void {
  const handler = createKeybindingsHandler(bindings)
  function onKeyDown(event: KeyboardEvent): void {
    if (!event.isComposing) handler(event)
  }
  window.addEventListener('keydown', onKeyDown, isFirst)
  return () => window.removeEventListener('keydown', onKeyDown, isFirst)
}

/** Keys that act anywhere in the window. */
export function useKeys(commands: readonly Command[], studio: Studio, app: AppStore): void {
  useEffect(() => {
    const ofCommands: Bindings = {}
    const bindings: Bindings = {}
    for (const { keys } of commands) {
      if (keys === undefined) continue
      ofCommands[keys] = (event) => {
        const command = commandFor(keys, commands, app.getState().panel)
        if (command === undefined || isBehindDialog(command)) return
        event.preventDefault()
        event.stopPropagation()
        if (command.disabledReason?.() == null) command.run()
      }
    }
    const pressStop = createStopKey(studio, () => run('queue.stop'))
    const run = (id: string) => commands.find((command) => command.id === id)?.run()
    bindings['$mod+z'] = (event) => {
      // In a sheet, what was deleted there comes back at once.
      if (isTextField(event.target) || isDialogOpen(':not([data-kind="sheet"] *)')) return
      event.preventDefault()
      run('app.undo')
    }
    bindings['Escape'] = (event) => {
      // Menus, dialogs and fields use Esc for themselves.
      if (!event.defaultPrevented && !isDialogOpen()) pressStop()
    }
    bindings['Shift+?'] = (event) => {
      if (isTextField(event.target) || isDialogOpen()) return
      event.preventDefault()
      app.setState({ isShortcutsOpen: true })
    }
    bindings['F6'] = (event) => {
      event.preventDefault()
      moveRegion(1)
    }
    bindings['Shift+F6'] = (event) => {
      event.preventDefault()
      moveRegion(-1)
    }
    // A focused button would take Ctrl+Enter for a press of its own, so commands come first; Esc and the like come last.
    const stops = [listen(ofCommands, true), listen(bindings, false)]
    return () => {
      for (const stop of stops) stop()
    }
  }, [commands, studio, app])
}

/** What the keys mean on this panel. In settings, which have no work of their own, the first panel's commands still act. */
function commandFor(keys: string, commands: readonly Command[], panel: string): Command | undefined {
  const candidates = commands.filter((command) => command.keys === keys)
  const here = candidates.find((command) => command.panel === undefined || command.panel === panel)
  const isAtFoot = panels.find(({ id }) => id === panel)?.isAtFoot === true
  return here ?? (isAtFoot ? candidates[0] : undefined)
}

const dialogs = ['[role="dialog"]', '[role="alertdialog"]', '[role="menu"]', '[role="listbox"][data-focused]']

/** @param which a selector that narrows which ones count */
function isDialogOpen(which = ''): boolean {
  return document.querySelector(dialogs.map((dialog) => dialog + which).join()) !== null
}

/** A dialog takes the keys of what lies behind it, except those that open and close the palette. */
function isBehindDialog(command: Command): boolean {
  return command.id !== 'app.palette' && document.querySelector('[role="dialog"]') !== null
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('textarea, input:not([type="checkbox"]):not([type="range"])')
}

/** F6 walks the window's regions: rail, settings, stage, pictures, details. */
function moveRegion(direction: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('nav, aside, [data-region], main')].filter(
    (region) => region.offsetParent !== null && firstFocusable(region) !== null,
  )
  const active = document.activeElement
  const current = regions.findLastIndex((region) => region.contains(active))
  const next = regions[(current + direction + regions.length) % regions.length]
  if (next) firstFocusable(next)?.focus()
}

function firstFocusable(region: HTMLElement): HTMLElement | null {
  if (region.tabIndex === 0) return region
  return region.querySelector<HTMLElement>(
    '[tabindex="0"], button:not([disabled]):not([tabindex="-1"]), input, textarea',
  )
}
