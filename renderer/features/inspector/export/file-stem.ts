/** A file name without its folder, its ending and what file systems dislike. */
export function fileStem(name: string): string {
  const words = name
    .replace(/\.(onnx|safetensors|gguf)$/i, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return words === '' ? 'model' : words
}
