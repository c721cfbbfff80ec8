"""What was worked out from the door's record must add up to it.

Not a replay of the rules: those may say something else today of a conflict that nobody has looked at again (its
reservation was confirmed since, seats were put in). But everybody whom a scan let in stands somewhere, as a guest, as a
walk-in or as a conflict, and nobody stands there whom no scan let in. That holds at any moment.
"""

from azionelab.checkin.integrity.rule import Rule

# As `record.what_happened`, `record.taken_back` and `record.is_admission` say it. A phone that was sent away takes
# nobody back: but where its clock was ahead, it did earlier what it says it did later, so either is right.
ADDS_UP = """
WITH happened AS (
    SELECT DISTINCT ON (scan_id) * FROM checkin_scan ORDER BY scan_id, (decided_by = 'device') DESC
), undo AS (
    SELECT s.performance_id, s.undoes, bool_or(s.decided_by <> 'device' OR d.revoked_at IS NULL
                                               OR d.revoked_at >= s.happened_at) AS surely
      FROM checkin_scan s LEFT JOIN checkin_doordevice d ON d.id = s.door_device_id
     WHERE s.kind = 'undo' AND s.outcome = 'undone'
     GROUP BY s.performance_id, s.undoes
), let_in AS (
    SELECT s.id,
           CASE WHEN h.id IS NULL OR s.kind = 'undo' OR u.surely THEN 0 ELSE s.seats_admitted END AS seats,
           u.undoes IS NOT NULL AS perhaps_nobody
      FROM checkin_scan s
      LEFT JOIN happened h ON h.id = s.id
      LEFT JOIN undo u ON u.performance_id = s.performance_id AND u.undoes = s.scan_id
), standing AS (
    SELECT scan_id, sum(seats) AS seats FROM (
        SELECT scan_id, seats FROM checkin_checkin
        UNION ALL SELECT scan_id, seats FROM checkin_conflict
        UNION ALL SELECT h.id, w.seats FROM reservations_walkin w JOIN happened h ON h.scan_id = w.scan_id
    ) each GROUP BY scan_id
)
SELECT format('Scan %s let in %s, and %s are on the lists.', l.id, l.seats, coalesce(t.seats, 0))
  FROM let_in l LEFT JOIN standing t ON t.scan_id = l.id
 WHERE coalesce(t.seats, 0) <> l.seats AND NOT (l.perhaps_nobody AND coalesce(t.seats, 0) = 0)
 ORDER BY l.id
"""

CHECKINS = """
SELECT format('Check-in %s does not say what its scan %s says.', c.id, s.id)
  FROM checkin_checkin c
  JOIN checkin_scan s ON s.id = c.scan_id
  JOIN reservations_reservation r ON r.id = c.reservation_id
 WHERE s.reservation_id IS DISTINCT FROM c.reservation_id
    OR s.performance_id <> r.performance_id
    OR s.happened_at <> c.admitted_at
    OR s.kind <> 'ticket'
 ORDER BY c.id
"""

CONFLICTS = """
SELECT format('Conflict %s does not say what its scan %s says.', c.id, s.id)
  FROM checkin_conflict c JOIN checkin_scan s ON s.id = c.scan_id
 WHERE s.reservation_id IS DISTINCT FROM c.reservation_id OR s.performance_id <> c.performance_id
 ORDER BY c.id
"""

WALK_INS = """
SELECT format('Walk-in %s has no scan at its door.', w.id)
  FROM reservations_walkin w
 WHERE NOT EXISTS (
    SELECT FROM checkin_scan s
     WHERE s.scan_id = w.scan_id AND s.performance_id = w.performance_id AND s.happened_at = w.admitted_at
 )
 ORDER BY w.id
"""

ADMITTED_SINCE = """
WITH first AS (SELECT reservation_id, min(admitted_at) AS at FROM checkin_checkin GROUP BY reservation_id)
SELECT format('Reservation %s does not know since when somebody of it is in.', r.reference)
  FROM reservations_reservation r LEFT JOIN first f ON f.reservation_id = r.id
 WHERE r.admitted_since IS DISTINCT FROM f.at ORDER BY r.id
"""

RULES = (
    Rule("door_adds_up", ADDS_UP),
    Rule("checkins", CHECKINS),
    Rule("conflicts", CONFLICTS),
    Rule("walk_ins", WALK_INS),
    Rule("admitted_since", ADMITTED_SINCE),
)
