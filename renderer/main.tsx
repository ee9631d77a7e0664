// Before everything else, so that components' own styles come after and win.
import './ui/tokens.css'
import './ui/base.css'
import './ui/shared.module.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { config } from 'zod'
import { App } from './app/app'
import { followTheme, paintRememberedTheme, printOnWhite } from './app/theme'
import { connectStudio } from './client/connect'
import { createImageFeature } from './features/image/feature'
import { desktopBridge } from './platform/bridge'
import { createBrowserHost } from './platform/browser-host'
import { createDesktopHost } from './platform/desktop-host'
import { createStudio, type Studio } from './studio/studio'

// Compiled schemas would need `unsafe-eval` in the page's Content-Security-Policy.
config({ jitless: true })

async function openStudio(): Promise<Studio> {
  if (import.meta.env.DEV && new URLSearchParams(window.location.search).has('fake')) {
    const { createFakeStudio } = await import('./testing/fake-studio')
    return createFakeStudio({ images: 240 }).studio
  }
  const bridge = desktopBridge()
  const connection = connectStudio(bridge)
  return createStudio(connection, bridge ? createDesktopHost(bridge) : createBrowserHost(connection.assetUrl))
}

async function main(): Promise<void> {
  paintRememberedTheme()
  const studio = await openStudio()
  const features = { image: createImageFeature(studio) }
  studio.start()
  features.image.start()
  followTheme(studio)
  printOnWhite()
  const root = document.getElementById('root')
  if (root === null) throw new Error('The page has no root element')
  markBrokenPictures(root)
  createRoot(root).render(
    <StrictMode>
      <App studio={studio} features={features} />
    </StrictMode>,
  )
}

/** Neither event bubbles, but both can be caught on their way down. */
function markBrokenPictures(root: HTMLElement): void {
  const mark = (isBroken: boolean) => (event: Event) => {
    if (event.target instanceof HTMLImageElement) event.target.toggleAttribute('data-broken', isBroken)
  }
  root.addEventListener('error', mark(true), true)
  root.addEventListener('load', mark(false), true)
}

void main()
