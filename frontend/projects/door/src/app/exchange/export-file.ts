import { OfflineScan } from '../offline/offline-scan';
import { joined, mac, toBase64Url } from './mac';

export interface ExportedDevice {
  readonly performance: number;
  /** The device's id. */
  readonly device: string;
  readonly name: string;
}

const MAC_BYTES = 16;

/**
 * Scans as a file that `azione checkin reconcile` reads: JSON Lines, each line signed together with
 * the one before, so that nobody can change, drop or add one without the line number being known.
 */
export async function exportFile(
  by: ExportedDevice,
  scans: readonly OfflineScan[],
  madeAt: Date,
  key: string,
): Promise<string> {
  const count = scans.length;
  const header = { v: 1, type: 'header', ...by, made_at: madeAt.toISOString(), scans: count };
  const records = [
    header,
    ...scans.map((scan) => ({ type: 'scan', ...scan })),
    { type: 'end', scans: count },
  ];
  let file = '';
  let before = new Uint8Array();
  for (const record of records) {
    const line = JSON.stringify(record);
    before = await mac(key, joined(before, new TextEncoder().encode(line)), MAC_BYTES);
    file += `${line.slice(0, -1)},"mac":"${toBase64Url(before)}"}\n`;
  }
  return file;
}

/** `ingressi-42-marta-porta-sinistra-20261121-2041.jsonl`: told apart in a folder full of them. */
export function exportFileName(by: ExportedDevice, madeAt: Date): string {
  const day = [madeAt.getFullYear(), madeAt.getMonth() + 1, madeAt.getDate()];
  const time = [madeAt.getHours(), madeAt.getMinutes()];
  const device = plain(by.name) || by.device.slice(0, 8);
  return `ingressi-${by.performance}-${device}-${digits(day)}-${digits(time)}.jsonl`;
}

function digits(numbers: readonly number[]): string {
  return numbers.map((number) => String(number).padStart(2, '0')).join('');
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 30);
}
