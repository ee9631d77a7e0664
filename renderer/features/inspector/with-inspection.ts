import { failureOf } from '../../client/failure'
import type { InspectorFeature } from './feature'
import type { OpenFile } from './file-store'

/**
 * Asks about the file that is open. The core keeps few inspections: where it has let this one go it is read again, and the
 * answer is the new one's.
 */
export async function withInspection<Answer>(
  feature: InspectorFeature,
  file: OpenFile,
  ask: (inspectionId: OpenFile['inspection']['id']) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(file.inspection.id)
  } catch (error) {
    if (failureOf(error).code !== 'INSPECTION_NOT_FOUND') throw error
    const { id } = await feature.studio.client.inspection.open({ source: file.inspection.source })
    return ask(id)
  }
}
