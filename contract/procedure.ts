import { oc } from '@orpc/contract'
import { errorCodes, errorDataSchema, errorStatus, type ErrorCode } from './errors'

type ErrorTable = { readonly [Code in ErrorCode]: { status: number; data: typeof errorDataSchema } }
const errorTable = Object.fromEntries(
  errorCodes.map((code) => [code, { status: errorStatus[code], data: errorDataSchema }]),
) as ErrorTable

/** What every procedure of the contract begins with: any of them may fail with any code of the closed table. */
export const procedure = oc.errors(errorTable)
