export interface CameraOption {
  readonly id: string;
  readonly name: string;
}

const REAR = /back|rear|environment|posteriore/i;
const FRONT = /front|user|selfie|anteriore|facetime/i;

/** "camera2 2, facing back" is no name for a person: rear, front, or what a desk calls it. */
export function cameraOptions(devices: readonly MediaDeviceInfo[]): CameraOption[] {
  const cameras = devices.filter(
    (device) => device.kind === 'videoinput' && device.deviceId !== '',
  );
  const names = cameras.map((camera) => nameOf(camera.label));
  return cameras.map((camera, index) => ({
    id: camera.deviceId,
    name: numbered(names, index),
  }));
}

function nameOf(label: string): string {
  if (REAR.test(label)) {
    return $localize`:@@door.camera.rear:Posteriore`;
  }
  if (FRONT.test(label)) {
    return $localize`:@@door.camera.front:Anteriore`;
  }
  return label === '' ? $localize`:@@door.camera.nameless:Fotocamera` : label;
}

/** The same name twice is told apart by a number. */
function numbered(names: readonly string[], index: number): string {
  const name = names[index] ?? '';
  const isAlone = names.filter((other) => other === name).length === 1;
  const rank = names.slice(0, index + 1).filter((other) => other === name).length;
  return isAlone ? name : `${name} ${rank}`;
}
