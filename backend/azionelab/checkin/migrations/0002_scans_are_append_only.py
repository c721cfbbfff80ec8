from django.db import migrations

# The record of the door is evidence: what was scanned stays as it was. TRUNCATE (tests) is not a row's change.
CREATE = """
CREATE FUNCTION refuse_change_of_scan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'scans are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER scans_are_append_only BEFORE UPDATE OR DELETE ON checkin_scan
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_scan();
"""
DROP = "DROP TRIGGER scans_are_append_only ON checkin_scan; DROP FUNCTION refuse_change_of_scan();"


class Migration(migrations.Migration):
    dependencies = [("checkin", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
