import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { InspectableGraph, InspectionSource } from '../../../../contract/inspection'
import type { Model } from '../../../../contract/models'
import { Button } from '../../../ui/button'
import { formatBytes } from '../../../ui/format'
import { useInspector } from '../context'
import styles from './examples.module.css'

interface ExamplesProps {
  readonly onSource: (source: InspectionSource, name: string) => void
}

const mostGraphs = 6

/** The library's models, bundled ones first, each with its graphs: one press opens one. */
export function Examples({ onSource }: ExamplesProps) {
  const { studio } = useInspector()
  const models = useStore(studio.models, (state) => state.models)
  const isLoaded = useStore(studio.models, (state) => state.isLoaded)
  const sorted = models.toSorted((a, b) => Number(b.source === 'bundled') - Number(a.source === 'bundled'))
  if (models.length === 0) {
    return isLoaded ? null : (
      <p className={styles.bytes} role="status">
        Looking for models
      </p>
    )
  }
  return (
    <ul className={styles.models} aria-label="Models of the library">
      {sorted.map((model) => (
        <ModelGraphs key={model.id} model={model} onSource={onSource} />
      ))}
    </ul>
  )
}

function ModelGraphs({ model, onSource }: ExamplesProps & { readonly model: Model }) {
  const { studio } = useInspector()
  const [graphs, setGraphs] = useState<readonly InspectableGraph[] | null>(null)
  const [showsAll, setShowsAll] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    let isWanted = true
    studio.client.inspection.graphs({ modelId: model.id }).then(
      (found) => {
        if (isWanted) setGraphs(found)
      },
      (error: unknown) => {
        if (isWanted) setProblem(studio.report(`Looking into ${model.name}`, error).message)
      },
    )
    return () => {
      isWanted = false
    }
  }, [studio, model])
  const shown = showsAll ? graphs : graphs?.slice(0, mostGraphs)
  return (
    <li>
      <h3>{model.name}</h3>
      <div className={styles.graphs}>
        {shown?.map(({ name, file, bytes }) => (
          <Button
            key={name}
            size="sm"
            aria-label={`Open ${file} of ${model.name}`}
            onPress={() => onSource({ kind: 'model', modelId: model.id, graph: name }, `${model.name}: ${name}`)}
          >
            {name}
            <span className={styles.bytes}>{formatBytes(bytes)}</span>
          </Button>
        ))}
        {graphs !== null && !showsAll && graphs.length > mostGraphs ? (
          <Button size="sm" variant="ghost" onPress={() => setShowsAll(true)}>
            {graphs.length - mostGraphs} more
          </Button>
        ) : null}
        {graphs?.length === 0 ? <span className={styles.bytes}>no graph in it</span> : null}
        {problem === null ? null : <span className={styles.bytes}>{problem}</span>}
      </div>
    </li>
  )
}
