import { Routes } from '@angular/router';
import { requireScanner, straightToOwnDoor } from './session/require-scanner';

/** One folder per feature, each loaded when it is first visited. */
export const routes: Routes = [
  {
    path: 'sign-in',
    title: $localize`:@@door.signIn.title:Accedi · Ingresso`,
    loadComponent: () => import('./session/sign-in').then((m) => m.SignIn),
  },
  {
    path: 'pair',
    title: $localize`:@@door.pair.title:Abbina il telefono · Ingresso`,
    loadComponent: () => import('./pairing/pair-page').then((m) => m.PairPage),
  },
  {
    path: '',
    pathMatch: 'full',
    canActivate: [straightToOwnDoor, requireScanner],
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
    path: 'performances/:id/exchange',
    canActivate: [requireScanner],
    title: $localize`:@@door.exchange.title:Allinea i telefoni · Ingresso`,
    loadComponent: () => import('./exchange/exchange-page').then((m) => m.ExchangePage),
  },
  {
    path: 'performances/:id/ready',
    canActivate: [requireScanner],
    title: $localize`:@@door.ready.title:Prima di aprire · Ingresso`,
    loadComponent: () => import('./preflight/ready-page').then((m) => m.ReadyPage),
  },
  {
    path: 't',
    canActivate: [straightToOwnDoor, requireScanner],
    title: $localize`:@@door.opened.title:Biglietto · Ingresso`,
    loadComponent: () => import('./scanning/opened-ticket-page').then((m) => m.OpenedTicketPage),
  },
  {
    path: '**',
    title: $localize`:@@door.notFound.title:Pagina non trovata`,
    loadComponent: () => import('./not-found/not-found').then((m) => m.NotFound),
  },
];
