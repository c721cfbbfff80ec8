import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { Shell } from './shell/shell';

@Component({
  selector: 'azione-root',
  imports: [RouterOutlet, Shell],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <azione-shell>
      <router-outlet />
    </azione-shell>
  `,
})
export class App {}
