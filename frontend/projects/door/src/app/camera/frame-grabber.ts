/**
 * Pixels along the side of the square that is decoded, in turn. A small picture is quick and smooths
 * the noise of a dark room, a large one has the code of a guest who stands far away.
 */
const SIDES = [560, 720, 400];

export interface Cut {
  readonly x: number;
  readonly y: number;
  /** Of the square, in the video's pixels. */
  readonly side: number;
  /** Of the picture that is made of it; never more than there are. */
  readonly pixels: number;
}

/** The square in the middle: just what the viewfinder shows. */
export function cutOf(width: number, height: number, look: number): Cut {
  const side = Math.min(width, height);
  const pixels = Math.min(side, SIDES[look % SIDES.length] ?? side);
  return { x: (width - side) / 2, y: (height - side) / 2, side, pixels };
}

/** Draws frames of a video on one canvas, again and again. */
export class FrameGrabber {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D | null;
  private looks = 0;

  constructor(document: Document) {
    this.canvas = document.createElement('canvas');
    this.context = this.canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  }

  /** Null when there is no picture yet. The canvas is the same each time. */
  grab(video: HTMLVideoElement): HTMLCanvasElement | null {
    const { videoWidth, videoHeight } = video;
    if (this.context === null || videoWidth === 0 || videoHeight === 0) {
      return null;
    }
    const { x, y, side, pixels } = cutOf(videoWidth, videoHeight, this.looks++);
    this.canvas.width = this.canvas.height = pixels;
    this.context.drawImage(video, x, y, side, side, 0, 0, pixels, pixels);
    return this.canvas;
  }
}
