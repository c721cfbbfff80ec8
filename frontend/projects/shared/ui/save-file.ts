import { DOCUMENT, inject } from '@angular/core';

/** Hands a file that came with a header, which a plain link could not send, to the browser's downloads. */
export function injectSaveFile(): (content: Blob, name: string) => void {
  const document = inject(DOCUMENT);
  return (content, name) => {
    const url = URL.createObjectURL(content);
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    // Safari still reads the address after the click.
    setTimeout(() => {
      URL.revokeObjectURL(url);
    }, 60_000);
  };
}
