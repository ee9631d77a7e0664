import { imageModels, modelsSettled } from '../../studio/models-store'
import { announce } from '../../ui/live-region'
import { showToast } from '../../ui/toaster'
import type { ImageFeature } from './feature'

/**
 * Waits until it is known which models there are, and says so meanwhile. False where the form cannot be sent off: for the
 * reason that is shown, or because it was sent off before and still waits.
 */
export async function holdForModels({ studio, view }: ImageFeature): Promise<boolean> {
  const { models } = studio
  if (!models.getState().isLoaded) {
    if (view.getState().isHeld) return false
    view.setState({ isHeld: true })
    announce('Waiting for the models')
    if (models.getState().failure !== null) await models.getState().refresh()
    await modelsSettled(models)
    view.setState({ isHeld: false })
  }
  const { isLoaded, failure } = models.getState()
  if (!isLoaded && failure !== null) {
    showToast({ tone: 'fail', text: failure.message, ...(failure.remedy ? { detail: failure.remedy } : {}) })
    return false
  }
  if (imageModels(models.getState()).length > 0) return true
  showToast({ tone: 'warn', text: 'No image model was found.', detail: 'Add a folder with one in Settings.' })
  return false
}
