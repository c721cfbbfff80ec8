import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { SignOut } from './session/sign-out';
import { Shell } from './shell/shell';

@Component({
  selector: 'azione-root',
  imports: [RouterOutlet, Shell, SignOut],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <azione-shell>
      <azione-sign-out account />
      <router-outlet />
    </azione-shell>
  `,
})
export class App {}
