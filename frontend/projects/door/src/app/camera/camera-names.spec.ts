import { cameraOptions } from './camera-names';

function device(deviceId: string, label: string, kind: MediaDeviceKind = 'videoinput') {
  return { deviceId, label, kind, groupId: '', toJSON: () => ({}) };
}

describe('cameraOptions', () => {
  it('names cameras for people, and numbers those of one name', () => {
    const options = cameraOptions([
      device('a', 'camera2 0, facing back'),
      device('b', 'camera2 1, facing front'),
      device('c', 'camera2 2, facing back'),
      device('d', 'Logitech BRIO'),
      device('e', ''),
    ]);
    expect(options).toEqual([
      { id: 'a', name: 'Posteriore 1' },
      { id: 'b', name: 'Anteriore' },
      { id: 'c', name: 'Posteriore 2' },
      { id: 'd', name: 'Logitech BRIO' },
      { id: 'e', name: 'Fotocamera' },
    ]);
  });

  it('leaves out microphones and what has no id before the permission', () => {
    expect(cameraOptions([device('a', 'Mic', 'audioinput'), device('', '')])).toEqual([]);
  });
});
