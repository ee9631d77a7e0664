/** A picture as it was decoded: rows from the top, the values of each pixel in turn, 8 bits each. */
export interface PicturePixels {
  readonly width: number
  readonly height: number
  /** 3 is red, green, blue; 4 has alpha after them, not multiplied in. */
  readonly channels: 3 | 4
  readonly data: Uint8Array
  /** EXIF orientation, 1 to 8, where the pixels lie as the camera held them; 1 (upright) where absent. */
  readonly orientation?: number
}
