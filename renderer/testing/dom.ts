/** What jsdom lacks and the page needs. Import it before the components. */

class NoResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

Object.assign(globalThis, {
  ResizeObserver: NoResizeObserver,
  CSS: { escape: (text: string) => text.replace(/[^\w-]/g, '\\$&'), registerProperty() {} },
  requestAnimationFrame: (run: FrameRequestCallback) => setTimeout(() => run(Date.now()), 0),
})
Object.assign(window, {
  matchMedia: (query: string) => ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
  }),
})
Object.assign(HTMLImageElement.prototype, { decode: () => Promise.resolve() })
Object.assign(HTMLCanvasElement.prototype, { getContext: () => null })
Object.defineProperties(Element.prototype, {
  clientWidth: { get: () => 800 },
  clientHeight: { get: () => 600 },
})
Object.assign(HTMLElement.prototype, { scrollTo() {}, scrollIntoView() {} })
