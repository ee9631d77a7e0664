import type { InspectionService } from './inspection-service'
import type { StudioImplementer } from './implementer'

/** The Inspector's procedures on its service. */
export function inspectionHandlers(os: StudioImplementer['inspection'], service: InspectionService) {
  return {
    graphs: os.graphs.handler(({ input }) => service.graphs(input.modelId)),
    upload: os.upload.handler(({ input }) => service.upload(input.files)),
    open: os.open.handler(({ input }) => service.open(input.source)),
    count: os.count.handler(({ input }) => service.count(input.inspectionId, input.sizes)),
    node: os.node.handler(({ input }) => service.node(input.inspectionId, input.node, input.sizes)),
    tensor: os.tensor.handler(({ input }) => service.tensor(input)),
    difference: os.difference.handler(({ input }) => service.difference(input.before, input.after)),
    measure: os.measure.handler(({ input }) => service.measure(input)),
    profile: os.profile.handler(({ input }) => service.profile(input.source)),
    roofline: os.roofline.handler(() => service.roofline()),
    blocks: os.blocks.handler(({ input }) => service.blocks(input.convolution)),
    measuredBlocks: os.measuredBlocks.handler(({ input }) => service.measuredBlocks(input.convolution, input.threads)),
  }
}
