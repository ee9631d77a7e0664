// The thread that runs every graph: onnxruntime blocks the thread it is called on, so nothing else may live here.
import { runChatTask } from '../chat/chat-task'
import { runDetectTask, runLayersTask } from '../detect/detect-task'
import { runPrecisionTask } from '../precision/precision-task'
import { runMeasureTask } from '../inspect/measure-task'
import { serveTasks } from '../runtime/serve-tasks'
import { runImageTask } from '../services/image-task'
import { runTextChatTask } from '../services/text-chat-task'
import { runCalibrationTask } from '../speculate/calibrate'
import { runRaceTask } from '../speculate/race-task'

serveTasks({
  image: runImageTask,
  race: runRaceTask,
  calibration: runCalibrationTask,
  inspection: runMeasureTask,
  chat: runChatTask,
  'text-chat': runTextChatTask,
  detect: runDetectTask,
  'detect-layers': runLayersTask,
  precision: runPrecisionTask,
})
