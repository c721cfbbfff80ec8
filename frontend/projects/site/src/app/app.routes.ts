import { Routes } from '@angular/router';

/** One folder per feature, each loaded when it is first visited. A page sets a better title once it knows it. */
export const routes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    loadComponent: () => import('./home/home').then((m) => m.Home),
  },
  {
    path: 'season',
    title: $localize`:@@site.season.title:La stagione`,
    loadComponent: () => import('./season/season').then((m) => m.Season),
  },
  {
    path: 'archive',
    title: $localize`:@@site.archive.title:Archivio`,
    loadComponent: () => import('./archive/archive').then((m) => m.Archive),
  },
  {
    path: 'shows/:slug',
    title: $localize`:@@site.show.title:Spettacolo`,
    loadComponent: () => import('./show/show').then((m) => m.ShowPage),
  },
  {
    path: 'venues/:slug',
    title: $localize`:@@site.venue.title:Sala`,
    loadComponent: () => import('./venue/venue').then((m) => m.VenuePage),
  },
  {
    path: 'pages/:slug',
    title: $localize`:@@site.page.title:La compagnia`,
    loadComponent: () => import('./page/page').then((m) => m.CompanyPage),
  },
  {
    path: 'performances/:id',
    title: $localize`:@@site.reserve.title:Prenota`,
    loadComponent: () => import('./reserve/reserve').then((m) => m.Reserve),
  },
  {
    path: 'performances/:id/sent',
    title: $localize`:@@site.sent.title:Guarda nella posta`,
    loadComponent: () => import('./reserve/sent').then((m) => m.Sent),
  },
  {
    path: 'reservation',
    title: $localize`:@@site.reservation.title:La tua prenotazione`,
    loadComponent: () => import('./reservation/reservation-page').then((m) => m.ReservationPage),
  },
  {
    path: 'find-reservation',
    title: $localize`:@@site.find.title:Ritrova la prenotazione`,
    loadComponent: () =>
      import('./find-reservation/find-reservation').then((m) => m.FindReservation),
  },
  {
    path: 'privacy',
    title: $localize`:@@site.privacy.title:Privacy`,
    loadComponent: () => import('./privacy/privacy').then((m) => m.Privacy),
  },
  {
    path: 't',
    title: $localize`:@@site.ticketCode.title:Biglietto`,
    loadComponent: () => import('./ticket-code/ticket-code').then((m) => m.TicketCode),
  },
  {
    path: '**',
    title: $localize`:@@site.notFound.title:Pagina non trovata`,
    loadComponent: () => import('./not-found/not-found').then((m) => m.NotFound),
  },
];
