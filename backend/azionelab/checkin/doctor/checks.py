"""All checks, in the order in which they are told."""

from azionelab.checkin.doctor import configuration, machine, mail, postgres, site, theatre
from azionelab.checkin.doctor.check import Check

CHECKS = (
    Check("settings", "deployment", configuration.deployment),
    Check("settings", "secrets", configuration.secrets),
    Check("settings", "secret_files", machine.secret_files),
    Check("settings", "time_zone", configuration.time_zone),
    Check("database", "database", postgres.database, asks_database=True),
    Check("database", "migrations", postgres.migrations, asks_database=True),
    Check("database", "database_disk", machine.database_disk, asks_database=True),
    Check("database", "database_clock", postgres.clock, asks_database=True),
    Check("mail", "mail_server", mail.server),
    Check("mail", "mail_queue", mail.queue, asks_database=True),
    Check("site", "site", site.answers),
    Check("site", "certificate", site.certificate),
    Check("site", "site_clock", site.clock),
    Check("files", "disk", machine.disk),
    Check("files", "backups", machine.backups),
    Check("theatre", "seats", theatre.seats, asks_database=True),
    Check("theatre", "holds", theatre.holds, asks_database=True),
    Check("theatre", "conflicts", theatre.conflicts, asks_database=True),
    Check("theatre", "accounts", theatre.accounts, asks_database=True),
    Check("theatre", "sign_ins", theatre.sign_ins, asks_database=True),
    Check("theatre", "privacy", theatre.forgotten, asks_database=True),
)
GROUPS = tuple(dict.fromkeys(check.group for check in CHECKS))
