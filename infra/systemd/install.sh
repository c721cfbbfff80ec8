#!/bin/sh
# install.sh CHECKOUT [FOLDER]: puts the units of this folder, for the AzioneLab in CHECKOUT, where systemd looks for them,
# and starts the timers. Doing it again brings them up to date, but for the copy's service, which is the operator's to
# edit. `make timers` calls it.
set -eu

checkout=$1 folder=${2:-/etc/systemd/system}
here=${0%/*}

if ! command -v systemctl >/dev/null; then
  echo "There is no systemd on this host: infra/cron/azionelab has the same lines for cron." >&2
  exit 5
fi
if [ ! -w "$folder" ]; then
  echo "$folder cannot be written to: run it as root (sudo make timers)." >&2
  exit 5
fi

for unit in "$here"/azione-*.service "$here"/azione-*.timer; do
  case $unit in
  *-copy.service)
    installed=$folder/${unit##*/}
    if [ -e "$installed" ]; then
      echo "$installed is yours to edit, and stays as it is; $unit is how it is shipped."
      continue
    fi
    ;;
  esac
  sed -e '/^# Put the place of your checkout/d' -e "s|/opt/azionelab|$checkout|g" "$unit" >"$folder/$(basename "$unit")"
done
systemctl daemon-reload
for timer in "$here"/azione-*.timer; do
  # Where to copy backups to is for people to say first.
  case $timer in *-copy.timer) continue ;; esac
  systemctl enable --now "$(basename "$timer")"
done
echo "Timers: systemctl list-timers 'azione-*' shows when each runs next."
