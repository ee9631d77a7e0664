import '../../../ui/tokens.css'
import '../../../ui/base.css'
import '../../../ui/shared.module.css'
import { createRoot } from 'react-dom/client'
import { App } from '../../../app/app'
import { createImageFeature } from '../../image/feature'
import { showRace } from '../actions'
import { speculateFeatureOf } from '../feature'
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
window.location.hash = '#/speculate'
const { studio } = createFakeSpeculation(options)
const image = createImageFeature(studio)
studio.start()
const feature = speculateFeatureOf(studio)
if (query.has('show')) {
  showRace(feature, syntheticRace(options))
  if (query.has('time')) feature.playback.seek(number('time', 0))
}
Object.assign(window, { feature })
createRoot(document.getElementById('root')!).render(<App studio={studio} features={{ image }} />)
