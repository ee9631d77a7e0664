import sharp from 'sharp'

/** A disc on a plain ground as a PNG; another one for each number. */
export async function makePicture(path, width, height, number) {
  const colour = (turn) => `hsl(${(97 * number + turn) % 360}, 80%, 55%)`
  const disc = `<ellipse cx="${width / 2}" cy="${height / 2}" rx="${width / 3}" ry="${height / 3}" fill="${colour(180)}"/>`
  const ground = `<rect width="${width}" height="${height}" fill="${colour(0)}"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${ground}${disc}</svg>`
  await sharp(Buffer.from(svg)).removeAlpha().png().toFile(path)
  return path
}
