// The thread for arithmetic on whole pictures and weights: it must neither hold up the engine nor wait for a graph.
import { helpEvaluate, helpPrepare } from '../detect/help'
import { helpCompare, helpView } from '../inspect/help'
import { serveHelp } from '../runtime/serve-help'

serveHelp({ prepare: helpPrepare, evaluate: helpEvaluate, view: helpView, compare: helpCompare })
