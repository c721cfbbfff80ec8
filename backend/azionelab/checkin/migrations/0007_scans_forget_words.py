from django.db import migrations

# A reason may name a guest. That somebody wrote one, and all that happened, stays as it was.
CREATE = """
CREATE OR REPLACE FUNCTION refuse_change_of_scan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.reason <> '' AND NEW.reason = '—' THEN
        OLD.reason := NEW.reason;
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'scans are append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION refuse_change_of_scan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'scans are append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("checkin", "0006_walk_ins_beyond_the_allowance")]
    operations = [migrations.RunSQL(CREATE, BEFORE)]
