import { app, crashReporter, nativeTheme, type BrowserWindow } from 'electron'
import { setupEngine } from './engine-service'
import { tellOfFaults } from './faults'
import { setupHostService } from './host-service'
import { createKeepAwake } from './keep-awake'
import { isOnlyInstance, setupLifecycle, stopBeforeQuit } from './lifecycle'
import { LogFile } from './log-file'
import { setupMenu } from './menu'
import { setupPaths, type ShellPaths } from './paths'
import { registerScheme, setupProtocol } from './protocol'
import { setupSandbox, setupSecurity } from './security'
import { ShellMemory } from './shell-state'
import { openWindow } from './window'

// The shell: windows, menu, the scheme that serves the page, and the engine process. It computes nothing.

function start(paths: ShellPaths): void {
  const log = new LogFile(paths.log)
  const memory = new ShellMemory(paths.state)
  nativeTheme.themeSource = memory.state.theme
  tellOfFaults(log, paths.logs)

  const engine = setupEngine(paths, log, createKeepAwake())
  const open = (): BrowserWindow => openWindow(paths, memory, log)
  setupSecurity()
  setupMenu(paths, engine)
  setupHostService(paths, memory, log)
  setupLifecycle(open)
  stopBeforeQuit(engine)

  void app.whenReady().then(() => {
    setupProtocol(paths)
    open()
    engine.start()
  })
}

setupSandbox()
registerScheme()
app.setAppUserModelId('studio.atelier.app')
const paths = setupPaths()
// Keeps dumps of crashes on this machine, for a report that the user may choose to send.
crashReporter.start({ uploadToServer: false })
if (isOnlyInstance()) start(paths)
