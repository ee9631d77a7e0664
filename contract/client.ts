import type { ContractRouterClient } from '@orpc/contract'
import type { StudioContract } from './studio'

/** The studio as its clients call it: the same shape over a port, a socket or in memory. */
export type StudioClient = ContractRouterClient<StudioContract>
