import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import encodeQR from 'qr';

/** What a phone needs to see around a code to find it. */
const QUIET_ZONE = 4;

/** A QR code as large as there is room for: dark on white, whatever the colours around it. */
@Component({
  selector: 'azione-qr-picture',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <svg
      role="img"
      [attr.aria-label]="label()"
      [attr.viewBox]="'0 0 ' + side() + ' ' + side()"
      shape-rendering="crispEdges"
    >
      <path class="paper" [attr.d]="'M0 0h' + side() + 'v' + side() + 'h-' + side() + 'z'" />
      <path class="ink" [attr.d]="ink()" />
    </svg>
  `,
  styles: `
    :host {
      display: block;
    }

    svg {
      display: block;
      width: 100%;
      height: auto;
    }

    .paper {
      fill: #fff;
    }

    .ink {
      fill: #000;
    }
  `,
})
export class QrPicture {
  readonly text = input.required<string>();
  readonly label = input.required<string>();

  // A screen has no creases: the least correction makes the fewest and largest squares.
  private readonly rows = computed(() =>
    encodeQR(this.text(), 'raw', { ecc: 'low', border: QUIET_ZONE }),
  );
  protected readonly side = computed(() => this.rows().length);
  protected readonly ink = computed(() => this.rows().map(runsOf).join(''));
}

/** The dark squares of a row, neighbours in one piece. */
function runsOf(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x++) {
    const start = x;
    while (row[x]) {
      x++;
    }
    const length = x - start;
    path += length === 0 ? '' : `M${start} ${y}h${length}v1h-${length}z`;
  }
  return path;
}
