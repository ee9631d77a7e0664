import { useEffect } from 'react'
import { useStore } from 'zustand'
import { useInspector } from '../context'
import { ErrorNote } from '../../../ui/error-note'
import { BlockTable } from './block-table'
import { ConvolutionControls } from './convolution-controls'
import { loadBlocks } from './factorise'
import styles from './factorise.module.css'

/**
 * A convolution in its other forms, exactly counted and measured on this machine: where fewer multiply-adds are not faster, the
 * guidelines of ShuffleNetV2 say why.
 */
export function FactoriseView() {
  const feature = useInspector()
  const failure = useStore(feature.factorise, (state) => state.failure)
  const isEmpty = useStore(feature.factorise, (state) => state.blocks.length === 0)
  useEffect(() => {
    if (isEmpty) void loadBlocks(feature)
  }, [feature, isEmpty])
  return (
    <div className={styles.view}>
      <div className={styles.controls}>
        <ConvolutionControls />
      </div>
      <div className={styles.table}>
        {failure === null ? null : (
          <div className={styles.note}>
            <ErrorNote failure={failure} actions={[{ label: 'Try again', run: () => void loadBlocks(feature) }]} />
          </div>
        )}
        <BlockTable />
      </div>
    </div>
  )
}
