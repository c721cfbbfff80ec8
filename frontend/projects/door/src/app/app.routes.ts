import { Routes } from '@angular/router';
import { requireScanner } from './session/require-scanner';

/** One folder per feature, each loaded when it is first visited. */
export const routes: Routes = [
  {
    path: 'sign-in',
    title: $localize`:@@door.signIn.title:Accedi · Ingresso`,
    loadComponent: () => import('./session/sign-in').then((m) => m.SignIn),
  },
  {
    path: '',
    pathMatch: 'full',
    canActivate: [requireScanner],
    title: $localize`:@@door.tonight.title:Stasera · Ingresso`,
    loadComponent: () => import('./tonight/tonight').then((m) => m.Tonight),
  },
  {
    path: 'performances/:id',
    canActivate: [requireScanner],
    title: $localize`:@@door.scan.title:Biglietti · Ingresso`,
    loadComponent: () => import('./scanning/scan-page').then((m) => m.ScanPage),
  },
  {
    path: 't',
    canActivate: [requireScanner],
    title: $localize`:@@door.opened.title:Biglietto · Ingresso`,
    loadComponent: () => import('./scanning/opened-ticket-page').then((m) => m.OpenedTicketPage),
  },
  {
    path: '**',
    title: $localize`:@@door.notFound.title:Pagina non trovata`,
    loadComponent: () => import('./not-found/not-found').then((m) => m.NotFound),
  },
];
