// What a detector's graph says of itself, and the words for one that cannot be read.

import { readOutlines } from '../text/folder-checks'
import type { DeclaredValue, GraphOutline } from '../runtime/graph-outline'
import type { DetectorProblem } from './folder'

/** Outlines by path; those that cannot be read become problems. */
export async function outlinesOf(
  paths: readonly string[],
  problems: DetectorProblem[],
): Promise<Map<string, GraphOutline>> {
  const outlines = new Map<string, GraphOutline>()
  for (const path of paths) {
    const [outline] = await readOutlines([path], problems)
    if (outline !== undefined) outlines.set(path, outline)
  }
  return outlines
}

function described(values: readonly DeclaredValue[]): string {
  return values.map(({ name, shape }) => `${name} [${shape.map((side) => side || '?').join(', ')}]`).join(', ')
}

/** A network that none of the decoders can read: what was seen, and what could be read. */
export function unknownHead({ inputs, outputs }: GraphOutline, what: string): DetectorProblem {
  return {
    message: `${what}: its network takes ${described(inputs)} and gives ${described(outputs)}`,
    remedy:
      'These can be read: DETR and YOLOS, RT-DETR and D-FINE (logits and pred_boxes, exported with transformers’ names), YOLOX ([1, places, 5 + classes]) and YOLOv8 or YOLO11 without suppression in the graph ([1, 4 + classes, places]).',
    unsupported: true,
  }
}
