/** Frames that were not read as messages, by reason. */
export class DroppedFrames {
  /** Over `WS_FRAME_RATE`. */
  frameRate = 0;
  /** Over `WS_BYTE_RATE`. */
  byteRate = 0;
  /** Of connections that are being closed. */
  ending = 0;
}
