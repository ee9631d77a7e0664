import '../../../ui/tokens.css'
import '../../../ui/base.css'
import '../../../ui/shared.module.css'
import { createRoot } from 'react-dom/client'
import { StudioContext } from '../../../studio/context'
import { createFakeStudio } from '../../../testing/fake-studio'
import { LiveRegion } from '../../../ui/live-region'
import { Toaster } from '../../../ui/toaster'
import { precisionFeatureOf } from '../feature'
import { typeNumber } from '../numbers/numbers-store'
import { PrecisionPanel } from '../precision-panel'
import { pages, type Page } from '../view-store'

// The panel over a fake core, to look at: ?page=numbers&number=0.1&light

const query = new URLSearchParams(window.location.search)
if (query.has('light')) document.documentElement.dataset['theme'] = 'light'
const { studio } = createFakeStudio()
studio.start()
const feature = precisionFeatureOf(studio)
const page = pages.find((one): one is Page => one === query.get('page'))
if (page !== undefined) feature.view.setState({ page })
typeNumber(feature.numbers, query.get('number') ?? '0.1')
createRoot(document.getElementById('root')!).render(
  <StudioContext.Provider value={studio}>
    {/* The room that the shell leaves: rail, title bar and status bar taken off. */}
    <main style={{ height: '100%', padding: '40px 0 28px 56px' }}>
      <h1 className="visually-hidden">Precision</h1>
      <PrecisionPanel />
    </main>
    <Toaster />
    <LiveRegion />
  </StudioContext.Provider>,
)
