/** Bytes of a linear congruential generator (Numerical Recipes): training/goldens/pillow_pictures.py makes the same ones. */
export function noiseBytes(length: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0
    return state >>> 24
  })
}
