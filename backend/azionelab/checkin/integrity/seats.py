"""Seats, reservations, their links and their mails."""

from azionelab.checkin.integrity.rule import Rule

# Seats that a manager gave beyond the rules, with a reason, may be those of guests who never came. And a hold that
# still runs says nothing against people who are inside.
OVER_CAPACITY = """
WITH reserved AS (
    SELECT performance_id,
           sum(seats) FILTER (WHERE status = 'confirmed') AS confirmed,
           sum(seats) AS held
      FROM reservations_reservation
     WHERE status = 'confirmed' OR (status = 'pending' AND hold_expires_at > statement_timestamp())
     GROUP BY performance_id
), walk_ins AS (
    SELECT w.performance_id, sum(w.seats) AS seats
      FROM reservations_walkin w
     WHERE NOT EXISTS (SELECT FROM checkin_scan s WHERE s.scan_id = w.scan_id AND s.override)
     GROUP BY w.performance_id
), taken AS (
    SELECT p.id, p.capacity + p.additional_seats - p.manually_occupied AS bookable,
           greatest(r.held, coalesce(r.confirmed, 0) + coalesce(w.seats, 0)) AS seats
      FROM programme_performance p
      LEFT JOIN reserved r ON r.performance_id = p.id
      LEFT JOIN walk_ins w ON w.performance_id = p.id
)
SELECT format('Performance %s has %s seats taken of %s.', id, seats, bookable)
  FROM taken WHERE seats > bookable ORDER BY id
"""

OVER_PARTY = """
SELECT format('%s of the %s seats of reservation %s are in.', sum(c.seats), r.seats, r.reference)
  FROM checkin_checkin c JOIN reservations_reservation r ON r.id = c.reservation_id
 GROUP BY r.id HAVING sum(c.seats) > r.seats ORDER BY r.id
"""

STATUS = """
SELECT format('Reservation %s is %s, and its times say otherwise.', reference, status)
  FROM reservations_reservation
 WHERE (status = 'confirmed') AND confirmed_at IS NULL
    OR (status IN ('pending', 'expired') AND confirmed_at IS NOT NULL)
    OR (status = 'cancelled') <> (cancelled_at IS NOT NULL)
    OR status NOT IN ('pending', 'confirmed', 'cancelled', 'expired')
 ORDER BY id
"""

# One pair is minted for each mail, before it leaves; one that was taken back stays as well.
LINKS_MISSING = """
WITH sent AS (
    SELECT reservation_id, count(*) AS mails FROM reservations_outboundemail WHERE state = 'sent' GROUP BY 1
), minted AS (
    SELECT reservation_id, count(*) AS links FROM reservations_reservationtoken GROUP BY 1
)
SELECT format('Reservation %s was sent %s mails, and there are %s links for them.',
              r.reference, s.mails, coalesce(m.links, 0))
  FROM sent s
  JOIN reservations_reservation r ON r.id = s.reservation_id
  LEFT JOIN minted m ON m.reservation_id = s.reservation_id
 WHERE coalesce(m.links, 0) < s.mails ORDER BY r.id
"""

DIGESTS = """
SELECT format('The digest of %s %s is not one of SHA-256.', kind, id)
  FROM (
    SELECT 'link' AS kind, id::text FROM reservations_reservationtoken
     WHERE length(reservation_digest) <> 32 OR length(ticket_digest) <> 32
    UNION ALL SELECT 'phone', id::text FROM checkin_doordevice WHERE length(token_digest) <> 32
    UNION ALL SELECT 'erasure', id::text FROM reservations_erasure WHERE length(digest) <> 32
  ) broken ORDER BY kind, id
"""

MAIL_TIMES = """
SELECT format('Mail %s counts as sent, and nothing says when.', id)
  FROM reservations_outboundemail WHERE state = 'sent' AND sent_at IS NULL ORDER BY id
"""

RULES = (
    Rule("over_capacity", OVER_CAPACITY),
    Rule("over_party", OVER_PARTY),
    Rule("status", STATUS),
    Rule("links_missing", LINKS_MISSING),
    Rule("digests", DIGESTS),
    Rule("mail_times", MAIL_TIMES),
)
