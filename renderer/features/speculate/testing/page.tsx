import '../../../ui/tokens.css'
import '../../../ui/base.css'
import '../../../ui/shared.module.css'
import { createRoot } from 'react-dom/client'
import { StudioContext } from '../../../studio/context'
import { LiveRegion } from '../../../ui/live-region'
import { Toaster } from '../../../ui/toaster'
import { showRace } from '../actions'
import { speculateFeatureOf } from '../feature'
import { SpeculatePanel } from '../speculate-panel'
import { createFakeSpeculation } from './fake-speculation'
import { syntheticRace } from './synthetic-race'

// The panel over a fake core, to look at and to measure: ?tokens=4000&rate=500&show&time=980&light

const query = new URLSearchParams(window.location.search)
const number = (name: string, otherwise: number) => Number(query.get(name) ?? otherwise)
const tokens = number('tokens', 161)
const options = {
  tokens,
  seed: number('seed', 7),
  tokensPerSecond: number('rate', 0),
  saved: number('saved', 3),
  hasModel: !query.has('nomodel'),
  isCalibrated: !query.has('uncalibrated'),
  isTypical: query.has('typical'),
  temperature: number('temperature', 0),
  ...(query.has('slow') ? { strategies: ['early-exit', 'lookup'] as const } : {}),
}
if (query.has('light')) document.documentElement.dataset['theme'] = 'light'
const { studio } = createFakeSpeculation(options)
studio.start()
const feature = speculateFeatureOf(studio)
if (query.has('show')) {
  showRace(feature, syntheticRace(options))
  if (query.has('time')) feature.playback.seek(number('time', 0))
}
Object.assign(window, { feature })
createRoot(document.getElementById('root')!).render(
  <StudioContext.Provider value={studio}>
    {/* The room that the shell leaves: rail, title bar and status bar taken off. */}
    <main style={{ height: '100%', padding: '40px 0 28px 56px' }}>
      <h1 className="visually-hidden">Speculate</h1>
      <SpeculatePanel />
    </main>
    <Toaster />
    <LiveRegion />
  </StudioContext.Provider>,
)
