import { cutOf } from './frame-grabber';

describe('cutOf', () => {
  it('takes the square in the middle, upright or lying', () => {
    expect(cutOf(1280, 720, 0)).toMatchObject({ x: 280, y: 0, side: 720 });
    expect(cutOf(720, 1280, 0)).toMatchObject({ x: 0, y: 280, side: 720 });
  });

  it('looks at it in different sizes, all of it now and then', () => {
    const sizes = [0, 1, 2, 3].map((look) => cutOf(1280, 720, look).pixels);
    expect(sizes).toEqual([560, 720, 400, 560]);
  });

  it('never makes pixels that are not there', () => {
    expect([0, 1, 2].map((look) => cutOf(640, 480, look).pixels)).toEqual([480, 480, 400]);
  });
});
