const hiddenWait = 120

/** Runs before the next paint; in a hidden window, which paints nothing, a little later all the same. */
export function onNextFrame(run: () => void): void {
  if (document.visibilityState === 'hidden') {
    setTimeout(run, hiddenWait)
    return
  }
  let isDone = false
  function once(): void {
    if (isDone) return
    isDone = true
    clearTimeout(timer)
    run()
  }
  // A window that is hidden in between would hold the frame back for good.
  const timer = setTimeout(once, hiddenWait)
  requestAnimationFrame(once)
}
