import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { DeviceCount } from './door-state';

/** Who has let in how many; this phone is marked. */
@Component({
  selector: 'azione-device-counts',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <table>
      <caption i18n="@@door.devices.heading">
        Per dispositivo
      </caption>
      <thead>
        <tr>
          <th scope="col" i18n="@@door.devices.name">Chi</th>
          <th scope="col" i18n="@@door.devices.admitted">Entrati</th>
          <th scope="col" i18n="@@door.devices.walkIns">Senza pren.</th>
        </tr>
      </thead>
      <tbody>
        @for (device of devices(); track device.number) {
          <tr [class.own]="device.number === own()">
            <th scope="row">
              @if (device.number === 0) {
                <ng-container i18n="@@door.devices.others">Altri e lista di carta</ng-container>
              } @else {
                {{ device.name }}
              }
              @if (device.number === own()) {
                <span class="azione-muted" i18n="@@door.devices.own">(questo)</span>
              }
            </th>
            <td>{{ device.admitted }}</td>
            <td>{{ device.walkIns }}</td>
          </tr>
        }
      </tbody>
    </table>
  `,
  styles: `
    table {
      width: 100%;
      border-collapse: collapse;
      font-variant-numeric: tabular-nums;
    }

    caption {
      padding-bottom: 0.25rem;
      font-weight: 650;
      text-align: start;
    }

    th,
    td {
      padding: 0.375rem 0.25rem;
      border-block-end: 1px solid var(--mat-sys-outline-variant);
      text-align: end;
    }

    thead th {
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.9375rem;
      font-weight: 400;
    }

    th:first-child {
      text-align: start;
      font-weight: 400;
      overflow-wrap: anywhere;
    }

    .own th {
      font-weight: 650;
    }
  `,
})
export class DeviceCounts {
  readonly devices = input.required<readonly DeviceCount[]>();
  readonly own = input.required<number>();
}
