/**
 * A scanner that is a keyboard ends every ticket with Enter: in a field it must send nothing, or a
 * ticket read while a sheet is open would let people in, or out. A finger has the button.
 */
export function stayOnEnter(event: Event): void {
  if (event.target instanceof HTMLInputElement) {
    event.preventDefault();
  }
}
