// Byte-level vocabularies write each byte as one printable character. Source: bytes_to_unicode in GPT-2's encoder.py: printable
// Latin-1 characters stand for themselves, the other 68 bytes for U+0100 and up, in order.

const bytes = new Map<string, number>()
let next = 0x100
for (let byte = 0; byte < 256; byte++) {
  const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
  bytes.set(String.fromCodePoint(isPrintable ? byte : next++), byte)
}

/** The byte that a character of the alphabet stands for; undefined for any other character. */
export function byteOfCharacter(character: string): number | undefined {
  return bytes.get(character)
}
