import type { EngineState, Unsubscribe } from '../../contract/desktop'
import type { AssetId } from '../../contract/ids'

export type ThemeChoice = 'system' | 'dark' | 'light'

/** What panels need from the machine around the page. */
export interface Host {
  readonly kind: 'electron' | 'browser'
  /** Whether the machine's own file manager and folder dialog can be reached. */
  readonly hasFiles: boolean
  copyImage(assetId: AssetId): Promise<void>
  /** False where the user changed their mind. */
  saveImageAs(assetId: AssetId, suggestedName: string): Promise<boolean>
  /** Fills a drag with the picture, so that it can be dropped on the desktop or another program. */
  dragImage(event: DragEvent, assetId: AssetId, suggestedName: string): void
  openFolderDialog(): Promise<string | null>
  /** Where a file lies that was dropped or picked; null in a browser, which does not say. */
  pathOf(file: File): string | null
  revealAsset(assetId: AssetId): Promise<void>
  setTheme(theme: ThemeChoice): void
  setTitle(title: string): void
  /** A notification of the system, only where the window is out of sight. */
  notify(title: string, body: string): void
  onMenuCommand(listener: (command: string) => void): Unsubscribe
  onEngineState(listener: (state: EngineState) => void): Unsubscribe
}
