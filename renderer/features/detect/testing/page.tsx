import '../../../ui/tokens.css'
import '../../../ui/base.css'
import '../../../ui/shared.module.css'
import { createRoot } from 'react-dom/client'
import { StudioContext } from '../../../studio/context'
import { LiveRegion } from '../../../ui/live-region'
import { Toaster } from '../../../ui/toaster'
import { DetectPanel } from '../detect-panel'
import { detectFeatureOf } from '../feature'
import { openRun } from '../run-actions'
import { createFakeDetection } from './fake-detection'

// The panel over a fake core, to look at and to measure: ?folder=10000&earlier=8&light&nomodel&empty

const query = new URLSearchParams(window.location.search)
const number = (name: string) => Number(query.get(name) ?? 0)
if (query.has('light')) document.documentElement.dataset['theme'] = 'light'
localStorage.clear()
sessionStorage.clear()
const fake = createFakeDetection({
  hasModel: !query.has('nomodel'),
  earlier: number('earlier'),
  folder: number('folder'),
  hasExamples: !query.has('empty'),
  wait: number('wait'),
})
fake.studio.start()
const feature = detectFeatureOf(fake.studio)
Object.assign(window, { feature, fake })
createRoot(document.getElementById('root')!).render(
  <StudioContext.Provider value={fake.studio}>
    {/* The room that the shell leaves: rail, title bar and status bar taken off. */}
    <main style={{ height: '100%', padding: '40px 0 28px 56px' }}>
      <h1 className="visually-hidden">Detect</h1>
      <DetectPanel exits={{ maskInImage: async () => {}, showSettings() {} }} />
    </main>
    <Toaster />
    <LiveRegion />
  </StudioContext.Provider>,
)
if (number('folder') > 0) void openRun(feature, fake.runs[0]!.id)
