import { TestBed } from '@angular/core/testing';
import encodeQR from 'qr';
import { QrPicture } from './qr-picture';

describe('QrPicture', () => {
  it('draws the squares of the code and no others', () => {
    const fixture = TestBed.createComponent(QrPicture);
    fixture.componentRef.setInput('text', 'AZDOOR:ABC');
    fixture.componentRef.setInput('label', 'Il codice');
    fixture.detectChanges();
    const svg = (fixture.nativeElement as HTMLElement).querySelector('svg');
    const expected = encodeQR('AZDOOR:ABC', 'raw', { ecc: 'low', border: 4 });

    expect(svg?.getAttribute('aria-label')).toBe('Il codice');
    expect(svg?.getAttribute('viewBox')).toBe(`0 0 ${expected.length} ${expected.length}`);
    expect(drawn(svg?.querySelector('.ink')?.getAttribute('d') ?? '', expected.length)).toEqual(
      expected,
    );
  });
});

function drawn(path: string, side: number): boolean[][] {
  const rows = Array.from({ length: side }, () => Array.from({ length: side }, () => false));
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    rows[Number(y)]?.fill(true, Number(x), Number(x) + Number(length));
  }
  return rows;
}
