import { ComponentFixture, TestBed } from '@angular/core/testing';
import { Picture } from '../api/generated/models/picture';
import { Gallery } from './gallery';
import { provideIcons } from './icons';

function picture(name: string): Picture {
  return {
    url: `/media/${name}.webp`,
    width: 1500,
    height: 1000,
    renditions: [{ url: `/media/${name}.320.webp`, width: 320 }],
    focus: { x: 20, y: 40 },
    alt: name,
    credit: 'Elio',
  };
}

describe('Gallery', () => {
  let fixture: ComponentFixture<Gallery>;
  let element: HTMLElement;
  let dialog: HTMLDialogElement;

  beforeEach(() => {
    // jsdom has no dialogs.
    HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
      this.open = true;
    };
    TestBed.configureTestingModule({ providers: [provideIcons()] });
    fixture = TestBed.createComponent(Gallery);
    fixture.componentRef.setInput('pictures', [picture('uno'), picture('due'), picture('tre')]);
    fixture.detectChanges();
    element = fixture.nativeElement as HTMLElement;
    const found = element.querySelector('dialog');
    if (!found) {
      throw new Error('no dialog');
    }
    dialog = found;
  });

  function shown(): string | null | undefined {
    fixture.detectChanges();
    return dialog.querySelector('img')?.getAttribute('alt');
  }

  function press(key: string): void {
    dialog.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  }

  it('opens the picture that was chosen, and goes round with the arrows', () => {
    element.querySelectorAll<HTMLButtonElement>('li button')[1]?.click();
    expect(shown()).toBe('due');
    press('ArrowRight');
    expect(shown()).toBe('tre');
    press('ArrowRight');
    expect(shown()).toBe('uno');
    press('ArrowLeft');
    expect(shown()).toBe('tre');
  });

  it('says what each button enlarges, once', () => {
    const first = element.querySelector('li button');
    expect(first?.getAttribute('aria-label')).toBe('Ingrandisci: uno');
    expect(first?.querySelector('img')?.getAttribute('alt')).toBe('');
  });

  it('cuts around the focus', () => {
    expect(element.querySelector<HTMLElement>('li img')?.style.objectPosition).toBe('20% 40%');
  });
});
