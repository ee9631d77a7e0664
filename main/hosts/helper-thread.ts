// The thread for arithmetic on whole pictures: it must neither hold up the engine nor wait for a graph.
import { helpEvaluate, helpPrepare } from '../detect/help'
import { serveHelp } from '../runtime/serve-help'

serveHelp({ prepare: helpPrepare, evaluate: helpEvaluate })
