import { Section } from '../offline/knowledge';
import { fromBase32, toBase32 } from './base32';
import { ByteReader, ByteWriter, MalformedBytes } from './bytes';
import { joined, mac } from './mac';

/** The first section is the showing phone's own; the others it has heard of. */
export interface Message {
  readonly performance: number;
  readonly madeAt: Date;
  readonly sections: readonly Section[];
}

export type RefusedCode = 'notACode' | 'altered' | 'otherPerformance' | 'ownCode' | 'old';

export type ReadCode =
  | {
      readonly ok: true;
      /** The phone that showed it, whether or not it had news of itself. */
      readonly from: Section;
      readonly madeAt: Date;
      /** The sections that tell more than was known. */
      readonly news: readonly Section[];
    }
  | { readonly ok: false; readonly why: RefusedCode };

/** Who reads: a code says something only about a performance, to somebody, beyond what they know. */
export interface Reader {
  readonly key: string;
  readonly performance: number;
  readonly device: number;
  /** The sequence up to which a device's admissions are known; null when nothing is. */
  sequenceOf(device: number): number | null;
}

const PREFIX = 'AZDOOR:';
/** A scanner that types as an American writes another sign than the colon on an Italian keyboard. */
const PREFIX_AS_READ = /^AZDOOR[^A-Z2-7]/;
const VERSION = 1;
const MAC_BYTES = 10;

export async function encode(message: Message, key: string): Promise<string> {
  const body = bodyOf(message);
  return PREFIX + toBase32(joined(body, await mac(key, body, MAC_BYTES)));
}

/** Only what a phone of this performance has signed is believed, and only what is news is told. */
export async function read(text: string, reader: Reader): Promise<ReadCode> {
  const written = text.replace(/\s+/g, '').toUpperCase();
  if (!PREFIX_AS_READ.test(written)) {
    return refused('notACode');
  }
  const bytes = fromBase32(written.slice(PREFIX.length));
  if (bytes === null || bytes.length <= MAC_BYTES) {
    return refused('altered');
  }
  const body = bytes.slice(0, -MAC_BYTES);
  // The keys differ from performance to performance: without this, theirs would look altered.
  if (performanceOf(body) !== reader.performance) {
    return refused(performanceOf(body) === null ? 'altered' : 'otherPerformance');
  }
  const message = (await isSigned(bytes, body, reader.key)) ? messageOf(body) : null;
  return message === null ? refused('altered') : newsFor(reader, message);
}

function newsFor(reader: Reader, { sections, madeAt }: Message): ReadCode {
  const [from] = sections;
  if (from === undefined) {
    return refused('altered');
  }
  if (from.device === reader.device) {
    return refused('ownCode');
  }
  const news = sections.filter(({ device, sequence }) => {
    const known = reader.sequenceOf(device);
    return device !== reader.device && (known === null || sequence > known);
  });
  return news.length === 0 ? refused('old') : { ok: true, from, madeAt, news };
}

function refused(why: RefusedCode): ReadCode {
  return { ok: false, why };
}

async function isSigned(bytes: Uint8Array, body: Uint8Array<ArrayBuffer>, key: string) {
  const expected = await mac(key, body, MAC_BYTES);
  return expected.every((byte, index) => byte === bytes[body.length + index]);
}

function bodyOf(message: Message): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.byte(VERSION);
  writer.varint(message.performance);
  writer.uint32(Math.floor(message.madeAt.getTime() / 1000));
  writer.varint(message.sections.length);
  for (const section of message.sections) {
    writer.varint(section.device);
    writer.varint(section.sequence);
    writer.varint(section.counts.length);
    writer.counts(section.counts);
  }
  return writer.bytes();
}

function performanceOf(body: Uint8Array): number | null {
  return attempt(() => {
    const reader = new ByteReader(body);
    return reader.byte() === VERSION ? reader.varint() : null;
  });
}

function messageOf(body: Uint8Array): Message | null {
  return attempt(() => {
    const reader = new ByteReader(body);
    reader.byte();
    const performance = reader.varint();
    const madeAt = new Date(reader.uint32() * 1000);
    const sections = Array.from({ length: reader.varint() }, () => sectionOf(reader));
    reader.end();
    return { performance, madeAt, sections };
  });
}

function sectionOf(reader: ByteReader): Section {
  const device = reader.varint();
  const sequence = reader.varint();
  return { device, sequence, counts: reader.counts(reader.varint()) };
}

function attempt<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MalformedBytes) {
      return null;
    }
    throw error;
  }
}
