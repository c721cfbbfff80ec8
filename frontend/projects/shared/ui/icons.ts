import { EnvironmentProviders, inject, provideEnvironmentInitializer } from '@angular/core';
import { MatIconRegistry } from '@angular/material/icon';
import { DomSanitizer } from '@angular/platform-browser';

/**
 * The house's own icons, drawn as strokes on a 24-unit grid, so that both applications look the
 * same and nothing is fetched. Use: `<mat-icon svgIcon="ticket" />`.
 */
const ICONS = {
  accessible:
    '<circle cx="10.5" cy="4.5" r="1.5"/><path d="M10.5 8v6h5.5l2.5 5"/><path d="M10.5 10.5H15"/><path d="M7.5 12.2a5 5 0 1 0 6.8 6"/>',
  add: '<path d="M12 5v14M5 12h14"/>',
  'arrow-back': '<path d="M20 12H4M11 5l-7 7 7 7"/>',
  'arrow-forward': '<path d="M4 12h16M13 5l7 7-7 7"/>',
  blocked: '<circle cx="12" cy="12" r="9"/><path d="M5.6 5.6l12.8 12.8"/>',
  calendar:
    '<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 10h17M8 2.5V7M16 2.5V7"/>',
  camera: '<path d="M3.5 8.5h4L9 6h6l1.5 2.5h4v11h-17z"/><circle cx="12" cy="13.5" r="3.5"/>',
  'camera-off':
    '<path d="M3 3l18 18M9.5 6H15l1.5 2.5h4V17M17 19.5H3.5v-11H7M9.3 11.2a3.5 3.5 0 0 0 5 5"/>',
  check: '<path d="M4.5 12.5l5 5 10-11"/>',
  clock: '<circle cx="12" cy="12" r="9"/><path d="M12 6.5V12l4 2.5"/>',
  close: '<path d="M5.5 5.5l13 13M18.5 5.5l-13 13"/>',
  curtain: '<path d="M3 4h18M4.5 4v16c3-1 5-6 5.5-16M19.5 4v16c-3-1-5-6-5.5-16"/>',
  delete: '<path d="M4.5 7h15M9.5 7V4h5v3M6.5 7l1 13.5h9l1-13.5M10.5 11v5.5M13.5 11v5.5"/>',
  download: '<path d="M12 3.5v12M6.5 10.5l5.5 5.5 5.5-5.5M4.5 20.5h15"/>',
  edit: '<path d="M4 20l1-4.5L16.5 4l3.5 3.5L8.5 19zM14 6.5l3.5 3.5"/>',
  error: '<circle cx="12" cy="12" r="9"/><path d="M12 7v6M12 16.5v.2"/>',
  info: '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.3v.2"/>',
  language:
    '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18"/>',
  lock: '<rect x="5" y="11" width="14" height="9.5" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
  mail: '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M3.5 7l8.5 6 8.5-6"/>',
  menu: '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
  offline:
    '<path d="M3 3l18 18M2.5 9.5a14 14 0 0 1 4.5-3M10.5 5.5a14 14 0 0 1 11 4M6 13.5a9 9 0 0 1 5-2.4M9.5 17a4 4 0 0 1 5 0M12 20v.2"/>',
  online:
    '<path d="M2.5 9.5a14 14 0 0 1 19 0M6 13.5a9 9 0 0 1 12 0M9.5 17a4 4 0 0 1 5 0M12 20v.2"/>',
  people:
    '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c0-4 2.9-6.5 6.5-6.5s6.5 2.5 6.5 6.5M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14c2.2.9 3.5 3 3.5 6"/>',
  person: '<circle cx="12" cy="8" r="4"/><path d="M4 21c0-4.5 3.5-7 8-7s8 2.5 8 7"/>',
  phone:
    '<path d="M5 3.5h4l2 5-2.5 2a12 12 0 0 0 5 5l2-2.5 5 2v4c0 1-.8 1.8-1.8 1.7C10.5 20 4 13.5 3.3 5.3 3.2 4.3 4 3.5 5 3.5z"/>',
  place:
    '<path d="M12 21.5s7-6.5 7-12a7 7 0 0 0-14 0c0 5.5 7 12 7 12z"/><circle cx="12" cy="9.5" r="2.5"/>',
  qr: '<rect x="4" y="4" width="6" height="6"/><rect x="14" y="4" width="6" height="6"/><rect x="4" y="14" width="6" height="6"/><path d="M14 14h2v2M20 14v3M14 20h2M18.5 19.5h1.5v.5"/>',
  refresh:
    '<path d="M20 5v5h-5M4 19v-5h5"/><path d="M19.5 10A8 8 0 0 0 5.3 7.5M4.5 14a8 8 0 0 0 14.2 2.5"/>',
  remove: '<path d="M5 12h14"/>',
  search: '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5l5 5"/>',
  seat: '<path d="M7 12V5.5A1.5 1.5 0 0 1 8.5 4h7A1.5 1.5 0 0 1 17 5.5V12M4 10.5v6.5h16v-6.5M4 14h16M7 17v3M17 17v3"/>',
  'sign-out': '<path d="M10 4H5v16h5M15 8l4 4-4 4M19 12H9.5"/>',
  sound:
    '<path d="M4 9.5v5h3.5l5 4.5V5l-5 4.5z"/><path d="M16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11"/>',
  'sound-off': '<path d="M4 9.5v5h3.5l5 4.5V5l-5 4.5zM16.5 9.5l5 5M21.5 9.5l-5 5"/>',
  ticket:
    '<path d="M3 8.5V6h18v2.5a3.5 3.5 0 0 0 0 7V18H3v-2.5a3.5 3.5 0 0 0 0-7z"/><path d="M14.5 6.5v2M14.5 11v2M14.5 15.5v2"/>',
  undo: '<path d="M8.5 5L4 9.5 8.5 14"/><path d="M4.5 9.5h9.5a5.5 5.5 0 0 1 0 11h-5"/>',
  torch: '<path d="M7 3h10v3.5L14.5 10v11h-5V10L7 6.5zM7 6.5h10M12 13v2.5"/>',
  warning: '<path d="M12 3.5l9.5 17h-19zM12 10v5M12 17.7v.2"/>',
} as const;

export type IconName = keyof typeof ICONS;

const FRAME =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">';

/** Registers every icon; the markup above is ours, so trusting it is safe. */
export function provideIcons(): EnvironmentProviders {
  return provideEnvironmentInitializer(() => {
    const registry = inject(MatIconRegistry);
    const sanitizer = inject(DomSanitizer);
    for (const [name, strokes] of Object.entries(ICONS)) {
      const svg = sanitizer.bypassSecurityTrustHtml(`${FRAME}${strokes}</svg>`);
      registry.addSvgIconLiteral(name, svg);
    }
  });
}
