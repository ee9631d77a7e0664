/** Bounds how many pixels are decoded at once: many small pictures side by side, large ones one after another. */
export class PixelBudget {
  readonly #most: number
  readonly #waiting: { readonly pixels: number; readonly begin: () => void }[] = []
  #used = 0

  /** @param most pixels; a picture with more is let through when it is alone */
  constructor(most: number) {
    this.#most = most
  }

  /** Waits until there is room, first come, first served. @returns what gives it back, to be called once */
  async take(pixels: number): Promise<() => void> {
    if (this.#waiting.length > 0 || !this.#fits(pixels)) {
      await new Promise<void>((begin) => {
        this.#waiting.push({ pixels, begin })
      })
    } else this.#used += pixels
    return () => {
      this.#used -= pixels
      this.#next()
    }
  }

  #fits(pixels: number): boolean {
    return this.#used === 0 || this.#used + pixels <= this.#most
  }

  #next(): void {
    for (let first = this.#waiting[0]; first !== undefined && this.#fits(first.pixels); first = this.#waiting[0]) {
      this.#waiting.shift()
      this.#used += first.pixels
      first.begin()
    }
  }
}
