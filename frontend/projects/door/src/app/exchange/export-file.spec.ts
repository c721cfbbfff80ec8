import vectors from '../../../../../../contracts/door/vectors.json';
import { OfflineScan } from '../offline/offline-scan';
import { exportFile, exportFileName } from './export-file';
import { toBase64Url } from './mac';

const { header, scans, end, macs } = vectors.export;
const BY = { performance: header.performance, device: header.device, name: header.name };
const SCANS = scans.map(
  (scan) => Object.fromEntries(Object.entries(scan).filter(([name]) => name !== 'type')) as unknown,
) as readonly OfflineScan[];

describe('exportFile', () => {
  it('writes the golden file, letter for letter', async () => {
    const golden = [header, ...scans, end].map(
      (record, index) => `${JSON.stringify(record).slice(0, -1)},"mac":"${macs[index] ?? ''}"}\n`,
    );
    const file = await exportFile(BY, SCANS, new Date(header.made_at), vectors.device_key);
    expect(file).toBe(golden.join(''));
  });

  it('signs each line with all that come before it', async () => {
    const madeAt = new Date(header.made_at);
    const whole = await exportFile(BY, SCANS, madeAt, vectors.device_key);
    const other = await exportFile({ ...BY, name: 'Ugo' }, SCANS, madeAt, vectors.device_key);
    const macOf = (line: string) => (JSON.parse(line) as { mac: string }).mac;
    const lines = whole.trim().split('\n');
    other
      .trim()
      .split('\n')
      .forEach((line, index) => {
        expect(macOf(line)).not.toBe(macOf(lines[index] ?? ''));
      });
  });

  it('is a file with two lines when there is nothing to deliver', async () => {
    const file = await exportFile(BY, [], new Date(header.made_at), vectors.device_key);
    expect(file.trim().split('\n')).toHaveLength(2);
  });
});

describe('exportFileName', () => {
  const at = new Date(2026, 10, 1, 20, 5);

  it('says which performance, which door and when', () => {
    expect(exportFileName({ ...BY, name: 'Marta, porta là in fondo' }, at)).toBe(
      'ingressi-42-marta-porta-la-in-fondo-20261101-2005.jsonl',
    );
  });

  it('falls back on the device for a name without letters', () => {
    expect(exportFileName({ ...BY, name: '☎' }, at)).toBe(
      'ingressi-42-6b7a0d51-20261101-2005.jsonl',
    );
  });
});

it('base64url has none of the letters that base64 has beyond it', () => {
  expect(toBase64Url(Uint8Array.of(0xfb, 0xef, 0xff, 0xfe))).toBe('--___g');
});
