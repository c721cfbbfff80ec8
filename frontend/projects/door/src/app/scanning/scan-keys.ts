import { Tone } from './answer-words';

/** What lies over the page while a key is pressed: nothing, a question about a party, or an answer. */
export type Cover = 'none' | 'question' | Tone;

export interface KeyDesk {
  readonly cover: () => Cover;
  readonly code: () => string;
  /** Into the box at once: a scanner's next letter comes before the page is drawn again. */
  type(code: string): void;
  focus(): void;
  submit(): void;
  dismiss(): void;
}

/** A scanner is a keyboard that looks at no focus: what it types ends up in the box, always. */
export function takeKey(event: KeyboardEvent, desk: KeyDesk): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isInSheet(event)) {
    return;
  }
  switch (desk.cover()) {
    case 'none':
      takeKeyOnPage(event, desk);
      break;
    case 'go':
      takeKeyOverSuccess(event, desk);
      break;
    default:
      takeKeyOverRefusal(event, desk);
  }
}

function takeKeyOnPage(event: KeyboardEvent, desk: KeyDesk): void {
  const { target } = event;
  const isTyping =
    target instanceof HTMLInputElement && !['radio', 'checkbox'].includes(target.type);
  if (!isTyping && isText(event)) {
    event.preventDefault();
    desk.type(desk.code() + event.key);
    desk.focus();
  }
}

/** Any key is enough; a letter is the first one of the next code. */
function takeKeyOverSuccess(event: KeyboardEvent, desk: KeyDesk): void {
  if (isModifier(event)) {
    return;
  }
  event.preventDefault();
  if (event.key === 'Enter' && desk.code() !== '') {
    desk.submit();
    return;
  }
  if (isText(event)) {
    desk.type(desk.code() + event.key);
  }
  desk.dismiss();
}

/** Also over a question: a scanner's Enter must never press the button that has the focus. */
function takeKeyOverRefusal(event: KeyboardEvent, desk: KeyDesk): void {
  if (isText(event)) {
    event.preventDefault();
    desk.type(desk.code() + event.key);
  } else if (event.key === 'Backspace') {
    desk.type(desk.code().slice(0, -1));
  } else if (event.key === 'Enter' && desk.code() !== '') {
    event.preventDefault();
    desk.submit();
  } else if (event.key === 'Escape') {
    desk.dismiss();
  }
}

/** Words that are being written there are for that dialog. */
function isInSheet({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('dialog') !== null;
}

function isText(event: KeyboardEvent): boolean {
  return event.key.length === 1 && event.key !== ' ';
}

function isModifier(event: KeyboardEvent): boolean {
  return ['Shift', 'CapsLock', 'Control', 'Alt', 'AltGraph', 'Meta'].includes(event.key);
}
