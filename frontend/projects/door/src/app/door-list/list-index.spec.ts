import { doorList, row } from '../offline/testing/door-bench';
import { ListIndex } from './list-index';

const PEOPLE = ['Anna Ros.', 'Nicolò De Luc.', 'Zoë O’Bri.', 'Anna Maria Bia.', 'Re R.'];
const index = new ListIndex(
  doorList(
    PEOPLE.map((name, slot) => row({ slot, name, reference: `K7Q4M${'ABCDE'[slot] ?? ''}` })),
  ),
);

function found(text: string): string[] {
  return index.search(text).map(({ name }) => name);
}

describe('search', () => {
  it.each([
    ['ann', ['Anna Maria Bia.', 'Anna Ros.']],
    ['NICOLO', ['Nicolò De Luc.']],
    ['nicolò', ['Nicolò De Luc.']],
    ['de lu', ['Nicolò De Luc.']],
    ['zoe', ['Zoë O’Bri.']],
    ['obrien', ['Zoë O’Bri.']],
    ['brien', ['Zoë O’Bri.']],
    ['deluca', ['Nicolò De Luc.']],
    ['luca', ['Nicolò De Luc.']],
    ['re', ['Re R.']],
    ['rex', []],
    ['ross', ['Anna Ros.']],
    ['rossi anna', ['Anna Ros.']],
    ['bianchi', ['Anna Maria Bia.']],
    ['k7q4mb', ['Nicolò De Luc.']],
    ['k7q 4mb', ['Nicolò De Luc.']],
    ['nobody', []],
    ['  ', []],
    ['.', []],
  ])('finds by «%s»', (text, names) => {
    expect(found(text)).toEqual(names);
  });

  it('finds a reference however it was typed', () => {
    expect(index.withReference(' k7q4ma ')?.name).toBe('Anna Ros.');
    expect(index.withReference('K7Q4M')).toBeNull();
  });
});
