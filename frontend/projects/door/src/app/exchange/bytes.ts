/** Writes what a code between phones is made of; contracts/door says how each thing is written. */
export class ByteWriter {
  private readonly written: number[] = [];

  byte(value: number): void {
    this.written.push(value & 0xff);
  }

  uint32(value: number): void {
    [24, 16, 8, 0].forEach((shift) => {
      this.byte(value >>> shift);
    });
  }

  /** Seven bits a byte, the low ones first; the top bit says that more follow. */
  varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** A bit for each empty slot; a few more, by Elias gamma, for one with people in it. */
  counts(counts: readonly number[]): void {
    const bits = counts.map(bitsOf).join('');
    for (let at = 0; at < bits.length; at += 8) {
      this.byte(parseInt(bits.slice(at, at + 8).padEnd(8, '0'), 2));
    }
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.written);
  }
}

function bitsOf(count: number): string {
  const binary = count.toString(2);
  return count === 0 ? '0' : `1${'0'.repeat(binary.length - 1)}${binary}`;
}

/** Not what any ByteWriter writes. */
export class MalformedBytes extends Error {}

const LONGEST_VARINT = 5;
const LONGEST_COUNT = 20;

export class ByteReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) {
      throw new MalformedBytes();
    }
    return value;
  }

  uint32(): number {
    return [0, 0, 0, 0].reduce((value) => value * 0x100 + this.byte(), 0);
  }

  varint(): number {
    let value = 0;
    for (let index = 0; index < LONGEST_VARINT; index++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 0x80 ** index;
      if (byte < 0x80) {
        return value;
      }
    }
    throw new MalformedBytes();
  }

  counts(slots: number): number[] {
    const bits = new BitReader(() => this.byte());
    const counts: number[] = [];
    while (counts.length < slots) {
      counts.push(bits.count());
    }
    bits.end();
    return counts;
  }

  /** Nothing may follow: what nobody has read, nobody has understood. */
  end(): void {
    if (this.at !== this.bytes.length) {
      throw new MalformedBytes();
    }
  }
}

class BitReader {
  private held = 0;
  private bits = 0;

  constructor(private readonly next: () => number) {}

  count(): number {
    if (this.bit() === 0) {
      return 0;
    }
    let zeros = 0;
    while (this.bit() === 0) {
      if (++zeros > LONGEST_COUNT) {
        throw new MalformedBytes();
      }
    }
    let count = 1;
    for (let index = 0; index < zeros; index++) {
      count = count * 2 + this.bit();
    }
    return count;
  }

  end(): void {
    if ((this.held & ((1 << this.bits) - 1)) !== 0) {
      throw new MalformedBytes();
    }
  }

  private bit(): number {
    if (this.bits === 0) {
      this.held = this.next();
      this.bits = 8;
    }
    this.bits -= 1;
    return (this.held >> this.bits) & 1;
  }
}
