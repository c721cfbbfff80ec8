import { Routes } from '@angular/router';

/** One folder per feature, each loaded when it is first visited. */
export const routes: Routes = [
  {
    path: '**',
    title: $localize`:@@door.notFound.title:Pagina non trovata`,
    loadComponent: () => import('./not-found/not-found').then((m) => m.NotFound),
  },
];
