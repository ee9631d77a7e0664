import { useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import type { DetectedBox, DetectorFacts } from '../../../contract/detection'
import type { ModelId } from '../../../contract/ids'
import type { Model } from '../../../contract/models'
import { useDetect } from './context'
import type { DetectFeature } from './feature'

export type DetectorModel = Model & { readonly detector: DetectorFacts }

function isDetector(model: Model): model is DetectorModel {
  return model.detector !== undefined
}

export function isReady(model: DetectorModel): boolean {
  return model.state.kind === 'ready'
}

export function detectorModels(models: readonly Model[]): readonly DetectorModel[] {
  return models.filter(isDetector)
}

/** The model that the form names; null where it is not there or cannot run. */
export function currentModel({ form, studio }: DetectFeature): DetectorModel | null {
  return modelOf(studio.models.getState().models, form.getState().modelId)
}

function modelOf(models: readonly Model[], modelId: ModelId | null): DetectorModel | null {
  return detectorModels(models).find((model) => model.id === modelId && isReady(model)) ?? null
}

export function useModel(): DetectorModel | null {
  const { form, studio } = useDetect()
  const modelId = useStore(form, (state) => state.modelId)
  return useStore(studio.models, ({ models }) => modelOf(models, modelId))
}

/** The facts of the model that found what is on the stage, which need not be the chosen one. */
export function factsOnStage({ stage, studio }: DetectFeature): DetectorFacts | null {
  const modelId = stage.getState().looked?.modelId
  return detectorModels(studio.models.getState().models).find(({ id }) => id === modelId)?.detector ?? null
}

export function useFactsOnStage(): DetectorFacts | null {
  const { stage, studio } = useDetect()
  const modelId = useStore(stage, ({ looked }) => looked?.modelId)
  return useStore(
    studio.models,
    ({ models }) => detectorModels(models).find(({ id }) => id === modelId)?.detector ?? null,
  )
}

/** The name of a class by its number; a model that is gone leaves its classes without names. */
export function classNamer(facts: DetectorFacts | null): (classId: number) => string {
  const names = new Map(facts?.classes.map(({ id, name }) => [id, name]))
  return (classId) => names.get(classId) ?? `class ${classId}`
}

function useBoxesOf(read: (feature: DetectFeature) => readonly DetectedBox[]): readonly DetectedBox[] {
  const feature = useDetect()
  return useSyncExternalStore(
    (onChange) => {
      const stops = [feature.stage, feature.form, feature.view].map((store) => store.subscribe(onChange))
      return () => {
        for (const stop of stops) stop()
      }
    },
    () => read(feature),
  )
}

/** What is drawn and listed. */
export function useShownBoxes(): readonly DetectedBox[] {
  return useBoxesOf(({ boxes }) => boxes.shown())
}

/** The same with the hidden classes. */
export function useAllBoxes(): readonly DetectedBox[] {
  return useBoxesOf(({ boxes }) => boxes.all())
}

/** "14 objects in 12 classes". */
export function countWords(boxes: readonly DetectedBox[]): { readonly objects: string; readonly classes: string } {
  const classes = new Set(boxes.map(({ classId }) => classId)).size
  if (boxes.length === 0) return { objects: 'No objects', classes: '' }
  return {
    objects: boxes.length === 1 ? '1 object' : `${boxes.length} objects`,
    classes: classes === 1 ? 'in 1 class' : `in ${classes} classes`,
  }
}
